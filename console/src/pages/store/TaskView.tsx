import { ArrowLeftOutlined, EllipsisOutlined, PrinterOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Dropdown, Input, Skeleton } from "antd";
import { useEffect, useEffectEvent, useState, type ReactNode } from "react";
import { Link, useNavigate } from "react-router";
import { api, data } from "@/api/client";
import { useMe } from "@/api/me";
import { isProblem } from "@/api/problem";
import { formOf, isAtFields } from "@/pages/store/faults";
import { floor, minesOf } from "@/pages/store/floor";
import { HandOver } from "@/pages/store/HandOver";
import { Due, Fault, Note, orderName, Promised, useNameOf, useUnits } from "@/pages/store/parts";
import { PickPanel } from "@/pages/store/PickPanel";
import type { Entry } from "@/pages/store/queue/entries";
import { Refused } from "@/pages/store/QueueView";
import { RejectPanel } from "@/pages/store/RejectPanel";
import { PackPanel, ShipPanel } from "@/pages/store/StepPanels";
import { linesOf, type Article, type Step, type Task } from "@/pages/store/task";
import { Kept } from "@/pages/store/TaskList";
import { refusalOf, useFaults } from "@/pages/store/useFaults";
import { shown, useTasks, type Shown } from "@/pages/store/useTasks";
import { words } from "@/pages/store/words";
import { EmptyState } from "@/ui/EmptyState";
import { moment } from "@/ui/format";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { useFilters } from "@/ui/useFilters";
import { useCommon, wordFor } from "@/words/common";
import { useWords } from "@/words/words";

/** One task: what it is, and the one thing that comes next. */
export function TaskView({ store, id }: { store: string; id: string }) {
  const t = useWords(words);
  const me = useMe();
  const { seen, offers, snapshot, query } = useTasks(store);
  const known = snapshot.tasks.get(id);
  const single = useQuery({
    queryKey: ["store", "task", id],
    queryFn: async () => {
      const told = await data(
        api.GET("/v1/fulfilment-orders/{fulfilment_id}", {
          params: { path: { fulfilment_id: id }, query: { include: "offers" } },
        }),
      );
      floor.listed([told]);
      return told;
    },
    enabled: seen !== undefined && !seen.tasks.some((task) => task.id === id),
    networkMode: "always",
    retry: false,
  });
  const task = known ?? single.data;
  const refusals = minesOf(snapshot, me).mine.filter(
    (entry) => entry.state === "refused" && entry.action.kind === "step" && entry.action.task === id,
  );

  if (isProblem(single.error) && single.error.status === 404) return <NotYours />;
  if (task === undefined) {
    const error = single.error ?? (seen === undefined ? query.error : null);
    return error === null ? (
      <Skeleton active />
    ) : (
      <>
        <Back />
        <ProblemAlert error={error} onRetry={() => void single.refetch()} />
      </>
    );
  }
  if (task.location !== store) return <NotYours />;
  const all = new Map(offers);
  for (const offer of single.data?.offers ?? []) all.set(offer.sku, offer);
  const now = shown(task, snapshot.entries);
  return (
    <>
      <Back />
      <Head task={now.task} />
      {seen !== undefined && !seen.live && <Kept seen={seen} />}
      {refusals
        .filter((entry) => !toldAtFields(entry, snapshot.entries, now))
        .map((entry) => (
          <Refused key={entry.seq} entry={entry} />
        ))}
      <Body
        key={now.task.id}
        shown={now}
        offers={all}
        store={store}
        refusals={refusals.filter((entry) => toldAtFields(entry, snapshot.entries, now))}
      />
      {now.waiting.length > 0 && (
        <Note tone="progress" role="status" action={<Link to="/store/queue">{t("look")}</Link>}>
          {t("waiting_here", { count: now.waiting.length })}
        </Note>
      )}
    </>
  );
}

/** Whether the form on the screen tells all of a refusal at its fields; that of the code always does. */
function toldAtFields(entry: Entry, entries: readonly Entry[], { task, group }: Shown): boolean {
  const form = formOf(entry);
  if (form === "hand-over") return true;
  if (form === "reject" || form === "hold") return task.possible.includes(form) && isAtFields(entry, entries);
  return form === group && isAtFields(entry, entries);
}

function Back() {
  const t = useWords(words);
  return (
    <Link
      to="/store"
      className="st-screen"
      style={{ display: "inline-flex", gap: 8, alignItems: "center", minHeight: 48, marginTop: -8 }}
    >
      <ArrowLeftOutlined aria-hidden /> {t("back")}
    </Link>
  );
}

export { Back };

function NotYours() {
  const t = useWords(words);
  return (
    <>
      <Back />
      <h1>{t("not_yours")}</h1>
      <p className="muted">{t("not_yours_note")}</p>
    </>
  );
}

const WAYS: Record<Task["kind"], readonly ("accept" | "pick" | "pack" | "ship" | "ready" | "hand-over")[]> = {
  ship: ["accept", "pick", "pack", "ship"],
  same_day: ["accept", "pick", "pack", "ship"],
  pick_up: ["accept", "pick", "ready", "hand-over"],
};

function Head({ task }: { task: Task }) {
  const t = useWords(words);
  const common = useCommon();
  const way = WAYS[task.kind];
  const at = way.findIndex((step) => task.possible.includes(step));
  return (
    <>
      <h1 style={{ overflowWrap: "anywhere" }}>{orderName(task)}</h1>
      <div className="st-between" style={{ flexWrap: "wrap", marginTop: 4 }}>
        <span className="muted">
          {wordFor(common, "channel", task.channel)} · {wordFor(common, "kind", task.kind)} ·{" "}
          <Promised task={task} />
        </span>
        <Due task={task} />
      </div>
      {at >= 0 && (
        <ol className="st-steps" aria-label={t("steps")}>
          {way.map((step, i) => (
            <li
              key={step}
              data-state={i < at ? "done" : undefined}
              aria-current={i === at ? "step" : undefined}
            >
              {t(`step_${step}`)}
            </li>
          ))}
        </ol>
      )}
    </>
  );
}

export interface PanelProps {
  shown: Shown;
  offers: ReadonlyMap<string, Article>;
  store: string;
  take: (step: Step) => void;
  actions: (primary: ReactNode) => ReactNode;
  /** What was refused of the task for what is wrong with single fields. */
  refusals: Entry[];
}

function Body({
  shown: now,
  offers,
  store,
  refusals,
}: {
  shown: Shown;
  offers: ReadonlyMap<string, Article>;
  store: string;
  refusals: Entry[];
}) {
  const t = useWords(words);
  const me = useMe();
  const [filters, setFilters] = useFilters(["do"]);
  const { task, group } = now;
  const take = (step: Step) => {
    setFilters({ do: undefined });
    void floor.add(me, store, orderName(task), { kind: "step", task: task.id, step });
  };
  const actions = (primary: ReactNode) => (
    <Actions task={task} onDo={(what) => setFilters({ do: what })}>
      {primary}
    </Actions>
  );
  const panel: PanelProps = { shown: now, offers, store, take, actions, refusals };
  // a form that closed when it was sent opens again, as it was, at what is wrong with it
  const again = refusals.map(formOf).find((form) => form === "reject" || form === "hold");
  const reopen = useEffectEvent(() => setFilters({ do: again }));
  useEffect(() => {
    if (again !== undefined) reopen();
  }, [again]);
  const close = () => setFilters({ do: undefined });

  if (filters.do === "reject" && task.possible.includes("reject"))
    return <RejectPanel {...panel} onClose={close} />;
  if (filters.do === "hold" && task.possible.includes("hold"))
    return <HoldPanel {...panel} onClose={close} />;
  switch (group) {
    case null:
      return <Gone task={task} />;
    case "accept":
      return (
        <>
          <Lines {...panel} />
          {actions(<Primary onClick={() => take({ name: "accept", body: {} })}>{t("accept")}</Primary>)}
        </>
      );
    case "pick":
      return <PickPanel {...panel} />;
    case "pack":
      return <PackPanel {...panel} />;
    case "ship":
      return <ShipPanel {...panel} />;
    case "ready":
      return (
        <>
          <Note tone="info">{t("ready_note")}</Note>
          <Lines {...panel} />
          {actions(<Primary onClick={() => take({ name: "ready", body: {} })}>{t("ready")}</Primary>)}
        </>
      );
    case "hand-over":
      return <HandOver {...panel} />;
    case "held":
      return (
        <>
          <Note tone="warning">
            {task.hold_reason === "unpaid"
              ? t("held_unpaid")
              : t("held_reason", { reason: task.hold_reason ?? "" })}
          </Note>
          <Lines {...panel} />
          {task.possible.includes("unhold") &&
            actions(<Primary onClick={() => take({ name: "unhold", body: {} })}>{t("unhold")}</Primary>)}
        </>
      );
  }
}

export function Primary({
  onClick,
  disabled,
  children,
  loading,
}: {
  onClick: () => void;
  disabled?: boolean;
  loading?: boolean;
  children: ReactNode;
}) {
  return (
    <Button type="primary" block className="st-big" onClick={onClick} disabled={disabled} loading={loading}>
      {children}
    </Button>
  );
}

function Actions({
  task,
  onDo,
  children,
}: {
  task: Task;
  onDo: (what: "reject" | "hold") => void;
  children: ReactNode;
}) {
  const t = useWords(words);
  const navigate = useNavigate();
  const more = [
    ...(task.possible.includes("hold")
      ? [{ key: "hold", label: t("hold"), onClick: () => onDo("hold") }]
      : []),
    {
      key: "label",
      label: t("label"),
      icon: <PrinterOutlined />,
      onClick: () => void navigate(`/store/label/${task.id}`),
    },
  ];
  return (
    <div className="st-bar">
      <div className="st-actions">
        {children}
        <div className="st-row">
          {task.possible.includes("reject") && (
            <Button block danger onClick={() => onDo("reject")}>
              {t("reject")}
            </Button>
          )}
          <Dropdown menu={{ items: more }} trigger={["click"]} placement="topRight" rootClassName="st-menu">
            <Button block icon={<EllipsisOutlined />}>
              {t("more")}
            </Button>
          </Dropdown>
        </div>
      </div>
    </div>
  );
}

/** What the task holds, to be read. */
export function Lines({ shown: { task }, offers }: Pick<PanelProps, "shown" | "offers">) {
  const unitsOf = useUnits();
  return (
    <ul className="st-list">
      {linesOf(task).map((line) => (
        <li key={line.line} className="st-card">
          <div className="st-line">
            <Goods
              article={offers.get(line.offer)}
              sku={line.offer}
              count={unitsOf(line.open, offers.get(line.offer))}
            />
            {line.serials.length > 0 && <div className="muted mono">{line.serials.join(" · ")}</div>}
          </div>
        </li>
      ))}
    </ul>
  );
}

/** An offer: what it is called, where it lies, how many of it. */
export function Goods({
  article,
  sku,
  count,
}: {
  article: Article | undefined;
  sku: string;
  count?: string;
}) {
  const t = useWords(words);
  const nameOf = useNameOf();
  const options = Object.values(article?.options ?? {}).join(" · ");
  const image = article?.image ?? null;
  return (
    <div className="st-row" style={{ gap: 12, alignItems: "flex-start" }}>
      {image !== null && /^(\/|data:image\/)/.test(image) && (
        <img src={image} alt="" width={56} height={56} style={{ objectFit: "cover", borderRadius: 6 }} />
      )}
      <div style={{ flex: 1, minWidth: 0 }}>
        <div style={{ fontWeight: 600, fontSize: 17 }}>{nameOf(article, sku)}</div>
        <div className="muted" style={{ fontSize: 14, overflowWrap: "anywhere" }}>
          <span className="mono">{sku}</span>
          {options !== "" && ` · ${options}`}
        </div>
        {article?.shelf != null && <strong>{t("shelf", { shelf: article.shelf })}</strong>}
      </div>
      {count !== undefined && (
        <span className="num" style={{ fontSize: 24, fontWeight: 650 }}>
          {count}
        </span>
      )}
    </div>
  );
}

function HoldPanel({ take, refusals, onClose }: PanelProps & { onClose: () => void }) {
  const t = useWords(words);
  const common = useCommon();
  const refused = refusalOf(refusals, "hold");
  const [reason, setReason] = useState("");
  const mending = useFaults(refused?.entry, () => setReason(refused?.body.reason ?? ""));
  return (
    <>
      <h2>{t("hold_reason")}</h2>
      <Input
        value={reason}
        onChange={(event) => {
          setReason(event.target.value);
          mending.mend("/reason");
        }}
        status={mending.of("/reason") === undefined ? "" : "error"}
        {...mending.attributes("/reason")}
        aria-label={t("hold_reason")}
      />
      <Fault at="/reason" mending={mending} />
      <div className="st-bar">
        <div className="st-actions">
          <Primary
            disabled={reason.trim() === ""}
            onClick={() => take({ name: "hold", body: { reason: reason.trim() } })}
          >
            {t("hold")}
          </Primary>
          <Button block onClick={onClose}>
            {common("cancel")}
          </Button>
        </div>
      </div>
    </>
  );
}

function Gone({ task }: { task: Task }) {
  const t = useWords(words);
  const how =
    task.state === "closed"
      ? t("gone_closed")
      : task.state === "rejected"
        ? t("gone_rejected")
        : t("gone_cancelled");
  const sent = task.packages
    .map((parcel) => [parcel.carrier, parcel.tracking].filter(Boolean).join(" "))
    .join(", ");
  if (task.stage === "handed_over")
    return (
      <>
        <Note tone="success" loud role="status">
          {t("handed_over")}
        </Note>
        <Link to="/store" className="st-chip">
          {t("back")}
        </Link>
      </>
    );
  return (
    <EmptyState title={t("gone")}>
      {how}
      {sent !== "" && <div className="mono">{sent}</div>}
      <div style={{ marginTop: 16 }}>
        <Link to="/store" className="st-chip">
          {t("back")}
        </Link>
      </div>
      <div className="muted" style={{ marginTop: 8 }}>
        {moment(task.updated_at, "minute")}
      </div>
    </EmptyState>
  );
}
