import { CopyOutlined, EnvironmentOutlined } from "@ant-design/icons";
import { App, Button, Flex } from "antd";
import { useLook } from "@/app/look";
import { usePreferences } from "@/app/preferences";
import { cardOf, HEADING } from "@/pages/track/Items";
import { isOver, type Part, type Tracking } from "@/pages/track/steps";
import { hours, instant, span } from "@/pages/track/times";
import { words } from "@/pages/track/words";
import { quantity } from "@/ui/format";
import { Qr } from "@/ui/Qr";
import { useWords } from "@/words/words";

/** What comes together: its parcels, or where and how to collect it. */
export function PartCard({ part, order, title }: { part: Part; order: Tracking; title: string | undefined }) {
  const look = useLook();
  const empty = title === undefined && part.parcels.length === 0 && part.store === null;
  if (empty) return null;
  return (
    <section style={cardOf(look)} aria-label={title ?? part.words}>
      <Flex vertical gap={16}>
        {title !== undefined && (
          <div>
            <h2 style={HEADING}>{title}</h2>
            {!isOver(order.state) && <Promise part={part} />}
            <Contents part={part} order={order} />
          </div>
        )}
        {part.state === "ready" && <Code part={part} />}
        {part.store !== null && part.state !== "collected" && <Where store={part.store} />}
        {part.parcels.map((parcel) => (
          <Parcel key={parcel.tracking + parcel.shipped_at} parcel={parcel} />
        ))}
      </Flex>
    </section>
  );
}

function Promise({ part }: { part: Part }) {
  const t = useWords(words);
  const { language } = usePreferences();
  if (part.promised_to === null || part.state === "ready") return null;
  const window = span(part.promised_from, part.promised_to, language, part.store?.time_zone);
  return <div>{t(part.kind === "pick_up" ? "ready_by" : "arrives", { window })}</div>;
}

function Contents({ part, order }: { part: Part; order: Tracking }) {
  const { language } = usePreferences();
  const told = part.lines.map(({ line, quantity: units }) => {
    const found = order.lines.find((one) => one.line === line);
    return `${found?.name ?? ""} × ${quantity(units / (found?.scale ?? 1), language, 3)}`;
  });
  return <div className="muted">{told.join(language === "zh" ? "、" : ", ")}</div>;
}

/** The code, big enough to be read across a counter; the QR code is dark on light in both themes, for scanners. */
function Code({ part }: { part: Part }) {
  const t = useWords(words);
  const look = useLook();
  if (part.code === null) return <div>{t("code_hidden")}</div>;
  return (
    <Flex vertical align="center" gap={8} style={{ textAlign: "center" }}>
      <div className="muted">{t("code")}</div>
      <div
        className="num"
        data-testid="code"
        style={{ fontSize: 40, lineHeight: 1.1, fontWeight: 650, letterSpacing: 4, color: look.text }}
      >
        {part.code}
      </div>
      <Qr text={part.ticket ?? part.code} label={t("qr")} size={208} />
      <CopyButton text={part.code} label={t("copy_code")} />
      <div className="muted" style={{ fontSize: 13 }}>
        {t("code_hint")}
      </div>
    </Flex>
  );
}

function Where({ store }: { store: NonNullable<Part["store"]> }) {
  const t = useWords(words);
  const look = useLook();
  const { language } = usePreferences();
  const at = (moment: string) => instant(moment, language, store.time_zone);
  const open = store.open_now
    ? store.closes_at === null
      ? t("open_always")
      : t("open_until", { at: at(store.closes_at) })
    : store.opens_at === null
      ? t("closed")
      : t("closed_until", { at: at(store.opens_at) });
  const place = `${store.lat.toFixed(6)},${store.lon.toFixed(6)}`;
  const name = encodeURIComponent(store.name);
  const map =
    language === "zh"
      ? `https://uri.amap.com/marker?position=${store.lon.toFixed(6)},${store.lat.toFixed(6)}&name=${name}&coordinate=wgs84`
      : `https://www.openstreetmap.org/?mlat=${place.replace(",", "&mlon=")}#map=17/${place.replace(",", "/")}`;
  return (
    <div>
      <h2 style={HEADING}>{t("where")}</h2>
      <div style={{ fontSize: 16 }}>{store.name}</div>
      {store.address !== "" && <div>{store.address}</div>}
      <div style={{ marginTop: 8, color: store.open_now ? look.tone.success.text : look.tone.warning.text }}>
        {open}
      </div>
      {store.opening_hours !== "24/7" && (
        <div className="muted" style={{ fontSize: 13 }}>
          {hours(store.opening_hours, language).map((rule) => (
            <div key={rule}>{rule}</div>
          ))}
        </div>
      )}
      <Button
        size="large"
        icon={<EnvironmentOutlined />}
        href={map}
        target="_blank"
        rel="noreferrer noopener"
        style={{ marginTop: 12, width: "100%" }}
      >
        {t("directions")}
      </Button>
    </div>
  );
}

function Parcel({ parcel }: { parcel: Part["parcels"][number] }) {
  const t = useWords(words);
  const { language } = usePreferences();
  const when =
    parcel.delivered_at === null
      ? t("shipped_at", { at: instant(parcel.shipped_at, language) })
      : t("delivered_at", { at: instant(parcel.delivered_at, language) });
  return (
    <div>
      <h2 style={HEADING}>{parcel.carrier === "" ? t("parcel") : parcel.carrier}</h2>
      {parcel.tracking !== "" && (
        <Flex align="center" justify="space-between" gap={8}>
          <span>
            <span className="muted">{t("tracking")} </span>
            <span className="mono" style={{ overflowWrap: "anywhere" }}>
              {parcel.tracking}
            </span>
          </span>
          <CopyButton text={parcel.tracking} label={t("copy")} />
        </Flex>
      )}
      <div className="muted" style={{ fontSize: 13 }}>
        {when}
      </div>
    </div>
  );
}

function CopyButton({ text, label }: { text: string; label: string }) {
  const { message } = App.useApp();
  const t = useWords(words);
  if (!("clipboard" in navigator)) return null; // it is only there on https and localhost
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    void message.success(t("copied"));
  };
  return (
    <Button icon={<CopyOutlined />} onClick={() => void copy()}>
      {label}
    </Button>
  );
}
