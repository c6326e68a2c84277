import {
  CheckOutlined,
  CloudUploadOutlined,
  InboxOutlined,
  PauseOutlined,
  SendOutlined,
  ShopOutlined,
  ShoppingOutlined,
  UserOutlined,
} from "@ant-design/icons";
import { Button, Skeleton } from "antd";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { Link } from "react-router";
import { useMe } from "@/api/me";
import { usePreferences } from "@/app/preferences";
import { floor } from "@/pages/store/floor";
import { Due, Note, orderName, secondsLeft, useNameOf, useUnits } from "@/pages/store/parts";
import { GROUPS, linesOf, type Article, type Group } from "@/pages/store/task";
import { MOST, useTasks, type Seen, type Shown } from "@/pages/store/useTasks";
import { words } from "@/pages/store/words";
import { EmptyState } from "@/ui/EmptyState";
import { duration, moment } from "@/ui/format";
import { useNow } from "@/ui/now";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { StateTag } from "@/ui/StateTag";
import { useFilters } from "@/ui/useFilters";
import type { Tone } from "@/theme";
import { useCommon, wordFor } from "@/words/common";
import { useWords } from "@/words/words";

const LOOK: Record<Group, { icon: ReactNode; tone: Tone }> = {
  accept: { icon: <CheckOutlined />, tone: "info" },
  pick: { icon: <ShoppingOutlined />, tone: "progress" },
  pack: { icon: <InboxOutlined />, tone: "progress" },
  ready: { icon: <ShopOutlined />, tone: "progress" },
  "hand-over": { icon: <UserOutlined />, tone: "success" },
  ship: { icon: <SendOutlined />, tone: "success" },
  held: { icon: <PauseOutlined />, tone: "warning" },
};

/** What is to be done in this store, most urgent first. */
export function TaskList({ store }: { store: string }) {
  const t = useWords(words);
  const { query, seen, tasks, offers } = useTasks(store);
  const [filters, setFilters] = useFilters(["step"]);
  const pulled = usePull(() => void query.refetch());
  const now = useNow();

  const group = GROUPS.find((one) => one === filters.step);
  const shown = group === undefined ? tasks : tasks.filter((one) => one.group === group);
  const late = tasks.filter(({ task }) => (secondsLeft(task, now) ?? 0) <= -60).length;

  if (seen === undefined) {
    return query.error === null ? (
      <Skeleton active paragraph={{ rows: 8 }} />
    ) : (
      <ProblemAlert error={query.error} onRetry={() => void query.refetch()} />
    );
  }
  return (
    <>
      <div className="st-pull" style={{ height: pulled }} aria-hidden>
        {pulled > 72 ? t("release") : t("pull")}
      </div>
      <div className="st-between" style={{ alignItems: "baseline", flexWrap: "wrap" }}>
        <h1>{t("title")}</h1>
        <span className="muted">
          {t("tasks", { count: tasks.length })}
          {late > 0 && <strong> · {t("late_count", { count: late })}</strong>}
        </span>
      </div>
      <Groups tasks={tasks} group={group} onChange={(step) => setFilters({ step })} />
      {!seen.live && <Kept seen={seen} />}
      {shown.length === 0 ? (
        <EmptyState title={group === undefined ? t("empty") : t("empty_group")}>{t("empty_note")}</EmptyState>
      ) : (
        <ul className="st-list">
          {shown.map((one) => (
            <Card key={one.task.id} shown={one} offers={offers} store={store} />
          ))}
        </ul>
      )}
      {seen.more && <p className="muted">{t("more_than", { count: MOST })}</p>}
    </>
  );
}

function Groups({
  tasks,
  group,
  onChange,
}: {
  tasks: Shown[];
  group: Group | undefined;
  onChange: (group: Group | undefined) => void;
}) {
  const t = useWords(words);
  const counts = GROUPS.map((one) => ({ one, count: tasks.filter((task) => task.group === one).length }));
  return (
    <div className="st-groups" role="group" aria-label={t("steps")}>
      <button
        type="button"
        className="st-chip"
        aria-pressed={group === undefined}
        onClick={() => onChange(undefined)}
      >
        {t("group_all")} <span className="num">{tasks.length}</span>
      </button>
      {counts
        .filter(({ one, count }) => count > 0 || one === group)
        .map(({ one, count }) => (
          <button
            key={one}
            type="button"
            className="st-chip"
            aria-pressed={group === one}
            onClick={() => onChange(one)}
          >
            <span aria-hidden>{LOOK[one].icon}</span>
            {t(`group_${one}`)} <span className="num">{count}</span>
          </button>
        ))}
    </div>
  );
}

/** Tasks that were kept, not told just now: how old they are. */
export function Kept({ seen }: { seen: Seen }) {
  const t = useWords(words);
  const { language } = usePreferences();
  const now = useNow();
  const age = duration((now - seen.at) / 1000, language);
  return (
    <Note tone="warning" role="status">
      <strong>{t("as_of", { time: moment(seen.at, "time"), age })}</strong>
      <div>{t("offline_note")}</div>
    </Note>
  );
}

function Card({
  shown: { task, group, waiting },
  offers,
  store,
}: {
  shown: Shown;
  offers: ReadonlyMap<string, Article>;
  store: string;
}) {
  const t = useWords(words);
  const common = useCommon();
  const me = useMe();
  const nameOf = useNameOf();
  const unitsOf = useUnits();
  if (group === null) return null;
  const lines = linesOf(task);
  const goods = lines
    .map(
      (line) =>
        `${unitsOf(line.open, offers.get(line.offer))} × ${nameOf(offers.get(line.offer), line.offer)}`,
    )
    .join(" · ");
  return (
    <li className="st-card">
      <Link to={`/store/task/${task.id}`}>
        <div className="st-between">
          <StateTag state={group} text={t(`group_${group}`)} tone={LOOK[group].tone} />
          <Due task={task} />
        </div>
        <div className="st-between" style={{ marginTop: 6 }}>
          <span className="st-name">{orderName(task)}</span>
          <span className="muted">{wordFor(common, "kind", task.kind)}</span>
        </div>
        <div className="muted st-cut">{goods}</div>
        {waiting.length > 0 && (
          <div style={{ marginTop: 6 }}>
            <CloudUploadOutlined aria-hidden /> {t("waiting_here", { count: waiting.length })}
          </div>
        )}
      </Link>
      {group === "accept" && (
        <div className="st-card-foot">
          <Button
            block
            type="primary"
            aria-label={`${t("accept")}: ${orderName(task)}`}
            onClick={() =>
              void floor.add(me, store, orderName(task), {
                kind: "step",
                task: task.id,
                step: { name: "accept", body: {} },
              })
            }
          >
            {t("accept")}
          </Button>
        </div>
      )}
    </li>
  );
}

const PULLED = 72;

/** Pull the list down from its top to refresh it; how far it is pulled now, in px. */
function usePull(refresh: () => void): number {
  const [height, setHeight] = useState(0);
  const latest = useRef(refresh);
  useEffect(() => {
    latest.current = refresh;
  });
  useEffect(() => {
    let from: number | null = null;
    let far = 0;
    const start = (event: TouchEvent) => {
      from = window.scrollY <= 0 ? (event.touches[0]?.clientY ?? null) : null;
    };
    const move = (event: TouchEvent) => {
      if (from === null) return;
      far = Math.max(0, Math.min(120, ((event.touches[0]?.clientY ?? from) - from) / 2));
      setHeight(far);
    };
    const end = () => {
      if (far > PULLED) latest.current();
      from = null;
      far = 0;
      setHeight(0);
    };
    window.addEventListener("touchstart", start, { passive: true });
    window.addEventListener("touchmove", move, { passive: true });
    window.addEventListener("touchend", end);
    window.addEventListener("touchcancel", end);
    return () => {
      window.removeEventListener("touchstart", start);
      window.removeEventListener("touchmove", move);
      window.removeEventListener("touchend", end);
      window.removeEventListener("touchcancel", end);
    };
  }, []);
  return height;
}
