import { useMutation } from "@tanstack/react-query";
import { Button } from "antd";
import { useEffect, useEffectEvent, useState } from "react";
import type { Schemas } from "@/api/client";
import { useMe } from "@/api/me";
import { floor, minesOf, useFloor } from "@/pages/store/floor";
import { atLine, isAtFields } from "@/pages/store/faults";
import { Choices, Fault, Note, Stepper, useUnits } from "@/pages/store/parts";
import { isWaiting, type Action, type Entry, type ReturnLine } from "@/pages/store/queue/entries";
import { Refused } from "@/pages/store/QueueView";
import { Scanner } from "@/pages/store/scan/Scanner";
import { scan } from "@/pages/store/ScanView";
import { signal } from "@/pages/store/signal";
import type { Article } from "@/pages/store/task";
import { Goods } from "@/pages/store/TaskView";
import { useFaults, type Mending } from "@/pages/store/useFaults";
import { words } from "@/pages/store/words";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { useFilters } from "@/ui/useFilters";
import { useWords } from "@/words/words";

type Match = Awaited<ReturnType<typeof scan>>["matches"][number];
type Return = Schemas["Return"];

/** Take goods back over the counter, whichever store sent them. */
export function ReturnView({ store }: { store: string }) {
  const t = useWords(words);
  const me = useMe();
  const snapshot = useFloor();
  const { mine } = minesOf(snapshot, me);
  const backs = mine.filter(({ action }) => action.kind !== "step");
  const [filters, setFilters] = useFilters(["code"]);
  const [taken, setTaken] = useState(false);
  const look = useMutation({
    mutationFn: scan,
    networkMode: "always",
    onSuccess: ({ matches }) => signal(matches.some(({ kind }) => kind === "order") ? "good" : "wrong"),
  });
  const find = (code: string) => {
    setTaken(false);
    setFilters({ code });
    look.mutate(code);
  };
  const first = useEffectEvent(() => {
    if (filters.code !== undefined) look.mutate(filters.code);
  });
  useEffect(() => first(), []);

  // what is wrong at single fields is told there: the order is looked up again, as it was filled in
  const again = backs.find((entry) => isAtFields(entry, snapshot.entries));
  const open = useEffectEvent(() => {
    if (again !== undefined) look.mutate(again.name);
  });
  const refusedSeq = again?.seq;
  useEffect(() => {
    if (refusedSeq !== undefined) open();
  }, [refusedSeq]);

  const orders = look.data?.matches.filter(({ kind }) => kind === "order") ?? [];
  const done = (count: number) => {
    setTaken(count > 0);
    look.reset();
    setFilters({ code: undefined });
  };
  return (
    <>
      <h1>{t("return_title")}</h1>
      {backs
        .filter((entry) => entry.state === "refused" && (entry !== again || look.isError))
        .map((entry) => (
          <Refused key={entry.seq} entry={entry} />
        ))}
      {backs.some(isWaiting) ? (
        <Note tone="progress" loud role="status">
          {t("return_queued")}
        </Note>
      ) : (
        taken &&
        backs.length === 0 && (
          <Note tone="success" loud role="status">
            {t("return_taken")}
          </Note>
        )
      )}
      {orders.length === 0 && (
        <>
          <p className="muted">{t("return_note")}</p>
          <Scanner onCode={find} busy={look.isPending} />
        </>
      )}
      {look.isError && <ProblemAlert error={look.error} />}
      {look.isSuccess && orders.length === 0 && (
        <Note tone="danger" loud role="alert">
          {look.data.matches.length > 0 ? t("return_none") : t("scan_unknown", { code: look.data.code })}
        </Note>
      )}
      {orders.map((order) => (
        <OneOrder
          key={order.order}
          match={order}
          store={store}
          refused={again !== undefined && orderOf(again) === order.order ? again : undefined}
          onDone={done}
          onCancel={() => done(0)}
        />
      ))}
    </>
  );
}

const orderOf = ({ action }: Entry): string | undefined =>
  action.kind === "step" ? undefined : action.order;

/** What was filled in, of an entry that comes back. */
function filledIn(entry: Entry | undefined): { lines: Counts; reason: Reason | null } {
  const sent = entry === undefined || entry.action.kind === "step" ? [] : entry.action.lines;
  const told = sent[0]?.reason.replace(" ", "_");
  return {
    lines: Object.fromEntries(
      sent.map(({ line, restocked, written_off }) => [line, { restocked, written_off }]),
    ),
    reason: REASONS.find((reason) => reason === told) ?? null,
  };
}

type Counts = Record<number, { restocked: number; written_off: number }>;

interface Wanted {
  line: number;
  offer: string;
  most: number;
}

const REASONS = ["too_small", "too_large", "damaged", "wrong", "unwanted", "different"] as const;
type Reason = (typeof REASONS)[number];

function OneOrder({
  match,
  store,
  refused,
  onDone,
  onCancel,
}: {
  match: Match;
  store: string;
  /** An entry for this order that came back. */
  refused: Entry | undefined;
  onDone: (count: number) => void;
  onCancel: () => void;
}) {
  const t = useWords(words);
  const me = useMe();
  const offers = new Map((match.offers ?? []).map((offer) => [offer.sku, offer]));
  const announced = (match.returns ?? []).find(({ state }) => state === "requested" || state === "accepted");
  const wanted: Wanted[] =
    announced === undefined
      ? (match.lines ?? []).map(({ line, offer, returnable }) => ({ line, offer, most: returnable }))
      : announced.lines.map(({ line, offer, quantity }) => ({ line, offer, most: quantity }));
  const [lines, setLines] = useState<Counts>({});
  const [reason, setReason] = useState<Reason | null>(null);
  const mending = useFaults(refused, () => {
    const filled = filledIn(refused);
    setLines(filled.lines);
    setReason(filled.reason);
  });
  const count = Object.values(lines).reduce((sum, line) => sum + line.restocked + line.written_off, 0);
  const name = match.channel_order_id ?? "";

  if (wanted.every(({ most }) => most === 0))
    return (
      <>
        <h2>{t("return_order", { name })}</h2>
        <Note tone="warning">{t("return_none")}</Note>
        <Back onClick={onCancel} />
      </>
    );
  const take = () => {
    const told: ReturnLine[] = wanted.flatMap(({ line }) => {
      const { restocked = 0, written_off = 0 } = lines[line] ?? {};
      return restocked + written_off > 0
        ? [{ line, restocked, written_off, reason: (reason ?? "").replace("_", " ") }]
        : [];
    });
    const order = match.order ?? "";
    void floor.add(me, store, name, actionOf(order, store, told, announced));
    onDone(count);
  };
  return (
    <>
      <h2>
        {t("return_order", { name })}
        {announced !== undefined && ` · ${t("return_announced", { number: announced.number })}`}
      </h2>
      <p className="muted">{t("return_lines")}</p>
      <ul className="st-list">
        {wanted
          .filter(({ most }) => most > 0)
          .map((one) => (
            <li key={one.line} className="st-card">
              <Line
                wanted={one}
                article={offers.get(one.offer)}
                value={lines[one.line] ?? { restocked: 0, written_off: 0 }}
                mending={mending}
                onChange={(value) => {
                  setLines({ ...lines, [one.line]: value });
                  mending.mend(atLine(one.line));
                }}
              />
            </li>
          ))}
      </ul>
      {announced === undefined && (
        <>
          <h2>{t("return_reason")}</h2>
          <Choices
            label={t("return_reason")}
            value={reason}
            onChange={setReason}
            options={REASONS.map((value) => ({ value, text: t(`reason_${value}`) }))}
          />
        </>
      )}
      <div className="st-row" style={{ marginTop: 16 }}>
        <Button
          type="primary"
          block
          className="st-big"
          disabled={count === 0 || (announced === undefined && reason === null)}
          onClick={take}
        >
          {count === 0
            ? t("return_choose")
            : announced === undefined
              ? t("return_do", { count })
              : t("return_receive")}
        </Button>
      </div>
      <Back onClick={onCancel} />
    </>
  );
}

function actionOf(
  order: string,
  location: string,
  lines: ReturnLine[],
  announced: Return | undefined,
): Action {
  if (announced === undefined) return { kind: "return", order, location, lines };
  return { kind: "receive", order, number: announced.number, accept: announced.state === "requested", lines };
}

function Back({ onClick }: { onClick: () => void }) {
  const t = useWords(words);
  return (
    <Button block style={{ marginTop: 8 }} onClick={onClick}>
      {t("return_find")}
    </Button>
  );
}

function Line({
  wanted,
  article,
  value,
  mending,
  onChange,
}: {
  wanted: Wanted;
  article: Article | undefined;
  value: { restocked: number; written_off: number };
  mending: Mending;
  onChange: (value: { restocked: number; written_off: number }) => void;
}) {
  const t = useWords(words);
  const units = useUnits();
  const step = article?.scale ?? 1;
  const left = wanted.most - value.restocked - value.written_off;
  const at = atLine(wanted.line);
  return (
    <div className="st-line">
      <Goods article={article} sku={wanted.offer} count={units(wanted.most, article)} />
      <div className="st-two">
        <Stepper
          label={t("restock")}
          of={wanted.offer}
          value={value.restocked}
          most={value.restocked + left}
          step={step}
          shown={units(value.restocked, article)}
          onChange={(restocked) => onChange({ ...value, restocked })}
          at={`${at}/restocked`}
          mending={mending}
        />
        <Stepper
          label={t("write_off")}
          of={wanted.offer}
          value={value.written_off}
          most={value.written_off + left}
          step={step}
          shown={units(value.written_off, article)}
          onChange={(written_off) => onChange({ ...value, written_off })}
          at={`${at}/written_off`}
          mending={mending}
        />
      </div>
      {["", "/restocked", "/written_off"].map((field) => (
        <Fault key={field} at={at + field} mending={mending} />
      ))}
    </div>
  );
}
