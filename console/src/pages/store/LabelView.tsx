import { useQuery } from "@tanstack/react-query";
import { Button, Skeleton } from "antd";
import { encode } from "uqr";
import { api, data, type Schemas } from "@/api/client";
import { isProblem } from "@/api/problem";
import { Note } from "@/pages/store/parts";
import { Back } from "@/pages/store/TaskView";
import { words } from "@/pages/store/words";
import { moment } from "@/ui/format";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { useCommon, wordFor } from "@/words/common";
import { useWords } from "@/words/words";

type Label = Schemas["Label"];

/** The label of each parcel of a task, on paper of 100 × 150 mm. Name and phone come masked from the server. */
export function LabelView({ id }: { id: string }) {
  const t = useWords(words);
  const common = useCommon();
  const label = useQuery({
    queryKey: ["label", id],
    queryFn: () =>
      data(
        api.GET("/v1/fulfilment-orders/{fulfilment_id}/label", { params: { path: { fulfilment_id: id } } }),
      ),
    networkMode: "always",
    retry: false,
    gcTime: 0, // the address does not stay
  });
  if (label.isPending) return <Skeleton active />;
  if (label.isError)
    return (
      <>
        <Back />
        {isProblem(label.error) && label.error.status === 0 ? (
          <Note
            tone="warning"
            action={<Button onClick={() => void label.refetch()}>{common("retry")}</Button>}
          >
            {t("label_needs_network")}
          </Note>
        ) : (
          <ProblemAlert error={label.error} onRetry={() => void label.refetch()} />
        )}
      </>
    );
  const count = Math.max(1, label.data.boxes);
  return (
    <>
      <Back />
      <h1 className="st-screen">{t("label_title", { name: label.data.channel_order_id })}</h1>
      {Array.from({ length: count }, (_, i) => (
        <Paper key={i} label={label.data} number={i + 1} count={count} />
      ))}
      <div className="st-bar">
        <div className="st-actions">
          <Button type="primary" block className="st-big" onClick={() => window.print()}>
            {t("label_print")}
          </Button>
        </div>
      </div>
    </>
  );
}

function Paper({ label, number, count }: { label: Label; number: number; count: number }) {
  const t = useWords(words);
  const common = useCommon();
  const { to } = label;
  return (
    <section className="st-paper" aria-label={t("label_boxes", { number, count })}>
      <div className="st-between">
        <strong style={{ fontSize: "16pt" }}>{label.carrier ?? wordFor(common, "kind", label.kind)}</strong>
        <span>{label.promised_to !== null && moment(label.promised_to, "minute")}</span>
      </div>
      <hr />
      <div>
        <h2>{to === null ? t("label_pick_up") : t("label_to")}</h2>
        {to === null ? (
          <div className="st-paper-to">{label.channel_order_id}</div>
        ) : (
          <>
            <div className="st-paper-to">
              {to.name} {to.phone}
            </div>
            <div className="st-paper-to">{to.address}</div>
          </>
        )}
      </div>
      <hr />
      <div>
        <h2>{t("label_from")}</h2>
        <div>
          {label.from.name} · {label.from.location}
        </div>
        {label.from.address !== "" && <div>{label.from.address}</div>}
      </div>
      <hr />
      <div className="st-between">
        <span>{t("units", { count: label.units })}</span>
        <strong>{t("label_boxes", { number, count })}</strong>
      </div>
      {label.gift && <strong>{t("label_gift")}</strong>}
      <div className="st-paper-foot">
        <Qr text={label.id} name={t("label_code", { id: label.id })} />
        <div>
          <strong style={{ fontSize: "14pt", overflowWrap: "anywhere" }}>{label.channel_order_id}</strong>
          <div className="mono">{label.id}</div>
        </div>
      </div>
    </section>
  );
}

/** A QR code as one path, black on white in either theme. */
function Qr({ text, name }: { text: string; name: string }) {
  const { data: modules, size } = encode(text, { ecc: "M", border: 2 });
  const path = modules
    .flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])))
    .join("");
  return (
    <svg className="st-qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={name}>
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}
