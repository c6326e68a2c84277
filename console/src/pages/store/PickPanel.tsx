import { CloseOutlined, ScanOutlined } from "@ant-design/icons";
import { Button, Input } from "antd";
import { useState } from "react";
import { atLine, atSerial } from "@/pages/store/faults";
import { Fault, Note, Stepper, useNameOf, useUnits } from "@/pages/store/parts";
import {
  basketOf,
  countedOf,
  leftOf,
  pickLines,
  scanInto,
  serialInto,
  unitsOf,
  withCount,
  type Basket,
  type ScanResult,
} from "@/pages/store/picking";
import { readCode } from "@/pages/store/scan/codes";
import { Scanner } from "@/pages/store/scan/Scanner";
import { signal } from "@/pages/store/signal";
import { linesOf, type Article, type TaskLine } from "@/pages/store/task";
import { Goods, Primary, type PanelProps } from "@/pages/store/TaskView";
import { faultId, refusalOf, useFaults, type Mending } from "@/pages/store/useFaults";
import { words } from "@/pages/store/words";
import type { Tone } from "@/theme";
import { useWords } from "@/words/words";

/** What was counted so far outlives a reload: counting twenty things again is worse than a slow network. */
function useBasket(task: string): [Basket, (basket: Basket) => void] {
  const name = `ms.store.basket.${task}`;
  const [basket, setBasket] = useState<Basket>(
    () => JSON.parse(sessionStorage.getItem(name) ?? "{}") as Basket,
  );
  return [
    basket,
    (after) => {
      setBasket(after);
      if (Object.keys(after).length === 0) sessionStorage.removeItem(name);
      else sessionStorage.setItem(name, JSON.stringify(after));
    },
  ];
}

interface Said {
  tone: Tone;
  text: string;
}

/** Count what is found, by scanning or by thumb; tell what is not there. */
export function PickPanel(panel: PanelProps) {
  const { task } = panel.shown;
  const { offers } = panel;
  const t = useWords(words);
  const nameOf = useNameOf();
  const units = useUnits();
  const [basket, setBasket] = useBasket(task.id);
  const refused = refusalOf(panel.refusals, "pick");
  const mending = useFaults(refused?.entry, () =>
    setBasket({ ...basketOf(refused?.body.lines ?? []), ...basket }),
  );
  const [scanning, setScanning] = useState(false);
  const [said, setSaid] = useState<Said | null>(null);
  const [serialFor, setSerialFor] = useState<TaskLine | null>(null);
  const lines = linesOf(task).filter((line) => line.unpicked > 0);

  const tell = (result: ScanResult) => {
    const name = "article" in result ? nameOf(result.article, result.article.sku) : "";
    setSerialFor(result.is === "needs_serial" ? result.line : null);
    signal(result.is === "counted" || result.is === "needs_serial" ? "good" : "wrong");
    switch (result.is) {
      case "counted": {
        const { found } = countedOf(result.basket, result.line.line);
        setBasket(result.basket);
        mending.mend(atLine(result.line.line));
        const counts = {
          found: units(found, result.article),
          wanted: units(result.line.unpicked, result.article),
        };
        return setSaid({ tone: "success", text: t("scanned_ok", { name, ...counts }) });
      }
      case "complete":
        return setSaid({ tone: "danger", text: t("too_many", { name }) });
      case "twice":
        return setSaid({ tone: "danger", text: t("scanned_twice", { serial: result.serial }) });
      case "needs_serial":
        return setSaid({ tone: "warning", text: t("scan_serial", { name }) });
      case "unknown":
        return setSaid({ tone: "danger", text: t("wrong_goods", { code: result.text }) });
    }
  };

  const onCode = (code: string) => {
    const read = readCode(code);
    const article = serialFor === null ? undefined : offers.get(serialFor.offer);
    const goods = scanInto(basket, lines, offers, read);
    if (serialFor !== null && article !== undefined && goods.is === "unknown")
      tell(serialInto(basket, lines, serialFor, article, read.text));
    else tell(goods);
  };

  const found = unitsOf(lines, (line) => countedOf(basket, line.line).found);
  const short = unitsOf(lines, (line) => countedOf(basket, line.line).short);
  const wanted = unitsOf(lines, (line) => line.unpicked);
  const serialMissing = lines.some((line) => {
    const { found: here, serials } = countedOf(basket, line.line);
    return offers.get(line.offer)?.serials === true && serials.length < here;
  });

  const send = (picked: Basket) => {
    panel.take({ name: "pick", body: { lines: pickLines(picked, lines) } });
    setBasket({});
    setSaid(null);
    setScanning(false);
  };
  const everything = (): Basket =>
    lines.reduce(
      (all, line) => withCount(all, line, { found: line.unpicked - countedOf(all, line.line).short }),
      basket,
    );
  const needsSerials = lines.some((line) => offers.get(line.offer)?.serials === true);

  return (
    <>
      {said !== null && (
        <Note tone={said.tone} loud role="alert">
          {said.text}
        </Note>
      )}
      {scanning ? (
        <Scanner onCode={onCode} onClose={() => setScanning(false)} />
      ) : (
        <Button block icon={<ScanOutlined />} onClick={() => setScanning(true)} style={{ marginBottom: 12 }}>
          {t("scan_goods")}
        </Button>
      )}
      <ul className="st-list">
        {lines.map((line) => (
          <li key={line.line} className="st-card">
            <Counting
              line={line}
              article={offers.get(line.offer)}
              basket={basket}
              lines={lines}
              mending={mending}
              onBasket={(after) => {
                setBasket(after);
                setSaid(null);
                mending.mend(atLine(line.line));
              }}
              onResult={tell}
            />
          </li>
        ))}
      </ul>
      {panel.actions(
        found + short === 0 && !needsSerials ? (
          <Primary onClick={() => send(everything())}>{t("pick_all")}</Primary>
        ) : (
          <Primary
            disabled={found + short === 0 || found + short > wanted || serialMissing}
            onClick={() => send(basket)}
          >
            {serialMissing
              ? t("serial_needed")
              : found + short === 0
                ? t("pick_none")
                : found + short > wanted
                  ? t("pick_over")
                  : short > 0
                    ? t("pick_short", { found, short })
                    : found === wanted
                      ? t("pick_done", { found, wanted })
                      : t("pick_part", { found, wanted })}
          </Primary>
        ),
      )}
    </>
  );
}

function Counting({
  line,
  article,
  basket,
  lines,
  mending,
  onBasket,
  onResult,
}: {
  line: TaskLine;
  article: Article | undefined;
  basket: Basket;
  lines: TaskLine[];
  mending: Mending;
  onBasket: (basket: Basket) => void;
  onResult: (result: ScanResult) => void;
}) {
  const t = useWords(words);
  const units = useUnits();
  const nameOf = useNameOf();
  const name = nameOf(article, line.offer);
  const { found, short, serials } = countedOf(basket, line.line);
  const left = leftOf(basket, line);
  const step = article?.scale ?? 1;
  const at = atLine(line.line);
  const already = [
    ...(line.picked > 0 ? [t("picked_already", { count: units(line.picked, article) })] : []),
    ...(line.short > 0 ? [t("short_already", { count: units(line.short, article) })] : []),
  ].join(" · ");
  return (
    <div className="st-line">
      <Goods article={article} sku={line.offer} count={units(line.unpicked, article)} />
      {already !== "" && <div className="muted">{already}</div>}
      <div className="st-two">
        <Stepper
          label={t("found")}
          of={name}
          value={found}
          most={found + left}
          step={step}
          shown={t("found_of", { found: units(found, article), wanted: units(line.unpicked, article) })}
          at={at}
          mending={mending}
          onChange={(value) => onBasket(withCount(basket, line, { found: value }))}
        />
        <Stepper
          label={t("short")}
          of={name}
          value={short}
          most={short + left}
          step={step}
          shown={units(short, article)}
          onChange={(value) => onBasket(withCount(basket, line, { short: value }))}
        />
      </div>
      <Fault at={at} mending={mending} />
      <Fault at={`${at}/serials`} mending={mending} />
      {article?.serials === true && (
        <Serials
          line={line.line}
          serials={serials}
          mending={mending}
          onAdd={(serial) => onResult(serialInto(basket, lines, line, article, serial))}
          onRemove={(serial) =>
            onBasket({
              ...basket,
              [line.line]: { found: found - step, short, serials: serials.filter((one) => one !== serial) },
            })
          }
        />
      )}
    </div>
  );
}

function Serials({
  line,
  serials,
  mending,
  onAdd,
  onRemove,
}: {
  line: number;
  serials: readonly string[];
  mending: Mending;
  onAdd: (serial: string) => void;
  onRemove: (serial: string) => void;
}) {
  const t = useWords(words);
  const [typed, setTyped] = useState("");
  return (
    <div>
      <span className="st-label">{t("serials")}</span>
      {serials.map((serial) => (
        <div key={serial} data-fault={mending.of(atSerial(line, serial)) !== undefined}>
          <div className="st-between">
            <span className="mono">{serial}</span>
            <Button
              type="text"
              icon={<CloseOutlined />}
              aria-label={t("remove_serial", { serial })}
              aria-describedby={faultId(atSerial(line, serial))}
              onClick={() => onRemove(serial)}
            />
          </div>
          <Fault at={atSerial(line, serial)} mending={mending} />
        </div>
      ))}
      <form
        className="st-row"
        onSubmit={(event) => {
          event.preventDefault();
          if (typed.trim() !== "") onAdd(typed.trim());
          setTyped("");
        }}
      >
        <Input
          value={typed}
          aria-label={t("serial")}
          maxLength={100}
          autoComplete="off"
          onChange={(event) => setTyped(event.target.value)}
        />
        <Button htmlType="submit">{t("serial_add")}</Button>
      </form>
    </div>
  );
}
