import { Button, Skeleton } from "antd";
import { Link } from "react-router";
import { signIn, useMe } from "@/api/me";
import { floor, minesOf, useFloor } from "@/pages/store/floor";
import { Note } from "@/pages/store/parts";
import { canTakeBack, follows, isWaiting, type Entry } from "@/pages/store/queue/entries";
import { useTasks } from "@/pages/store/useTasks";
import { words } from "@/pages/store/words";
import { EmptyState } from "@/ui/EmptyState";
import { moment } from "@/ui/format";
import { useWords } from "@/words/words";
import type { Choices } from "@/pages/store/queue/store";

type T = ReturnType<typeof useWords<keyof typeof words.en>>;

/** What an entry will do, in words. */
export function wordsOf(t: T, entry: Entry, choices: Choices | null | undefined): string {
  const { action, name } = entry;
  if (action.kind !== "step") {
    const count = action.lines.reduce((sum, line) => sum + line.restocked + line.written_off, 0);
    return t("do_return", { name, count });
  }
  const { step } = action;
  switch (step.name) {
    case "reject": {
      const reason = choices?.reject_reasons.find(({ code }) => code === step.body.reason)?.text;
      return t("do_reject", { name, reason: reason ?? step.body.reason });
    }
    case "pick": {
      const found = step.body.lines.reduce((sum, line) => sum + line.quantity, 0);
      const short = step.body.lines.reduce((sum, line) => sum + (line.short ?? 0), 0);
      return short > 0 ? t("do_pick_short", { name, found, short }) : t("do_pick", { name, found });
    }
    case "pack":
      return t("do_pack", { name, count: step.body.boxes });
    case "ship": {
      const carrier =
        choices?.carriers.find(({ code }) => code === step.body.carrier)?.name ?? step.body.carrier;
      return t("do_ship", { name, carrier: carrier === "" ? t("carrier_none") : carrier });
    }
    case "accept":
    case "ready":
    case "hand-over":
    case "renew-code":
    case "expire":
    case "hold":
    case "unhold":
      return t(`do_${step.name}`, { name });
  }
}

/** What is not sent yet, what it will do, and what the server refused. */
export function QueueView({ store }: { store: string }) {
  const t = useWords(words);
  const me = useMe();
  const snapshot = useFloor();
  const { mine, others } = minesOf(snapshot, me);
  const waiting = mine.filter(isWaiting);
  const refused = mine.filter((entry) => entry.state === "refused");
  const { phase } = snapshot.told;
  if (!snapshot.known) return <Skeleton active />;
  return (
    <>
      <h1>{t("queue_title")}</h1>
      {others > 0 && (
        <Note tone="info" role="status">
          {t("queue_others", { count: others })}
        </Note>
      )}
      {refused.map((entry) => (
        <Refused key={entry.seq} entry={entry} />
      ))}
      {mine.length === 0 && <EmptyState title={t("queue_empty")}>{t("queue_empty_note")}</EmptyState>}
      {waiting.length > 0 && (
        <>
          <p>
            {phase === "signed_out" ? t("queue_signed_out") : phase === "busy" ? t("queue_busy") : null}
            {phase !== "signed_out" &&
              phase !== "busy" &&
              (snapshot.online ? t("queue_now") : t("queue_will"))}
          </p>
          <ol className="st-list">
            {waiting.map((entry) => (
              <Waits key={entry.seq} entry={entry} all={mine} store={store} />
            ))}
          </ol>
          <Button
            block
            style={{ marginTop: 16 }}
            onClick={() => (phase === "signed_out" ? signIn() : floor.kick())}
            disabled={phase === "sending"}
          >
            {phase === "signed_out" ? t("sign_in") : t("send_now")}
          </Button>
        </>
      )}
    </>
  );
}

function Waits({ entry, all, store }: { entry: Entry; all: readonly Entry[]; store: string }) {
  const t = useWords(words);
  const { told } = useFloor();
  const { seen } = useTasks(store);
  const later = all.filter((one) => follows(one, entry)).length;
  const state = told.sending === entry.seq ? t("sending") : entry.tries > 0 ? t("maybe_sent") : t("not_sent");
  return (
    <li className="st-card">
      <div className="st-line">
        <div>
          <strong>{wordsOf(t, entry, seen?.choices)}</strong>
          <div className="muted">
            {state} · {t("made", { time: moment(entry.made_at, "time") })}
          </div>
        </div>
        {canTakeBack(entry) && told.sending !== entry.seq && (
          <Button onClick={() => void floor.takeBack(entry)}>
            {later > 0 ? t("take_back_more", { count: later }) : t("take_back")}
          </Button>
        )}
      </div>
    </li>
  );
}

/** A refusal in the server's words, what was not sent because of it, until it was seen. */
export function Refused({ entry }: { entry: Entry }) {
  const t = useWords(words);
  const { entries } = useFloor();
  const dropped = entries.filter((one) => one.because === entry.seq);
  const { refusal, action } = entry;
  return (
    <div className="st-card" role="alert" style={{ marginBottom: 12 }}>
      <div className="st-line">
        <Note tone="danger">
          <strong>
            {t("was_refused")}: {wordsOf(t, entry, undefined)}
          </strong>
          {refusal !== null && (
            <div>
              {refusal.title}
              {refusal.detail !== "" && <div>{refusal.detail}</div>}
              {(refusal.detail === "" ? refusal.fields : []).map((field) => (
                <div key={field.pointer}>{field.detail}</div>
              ))}
            </div>
          )}
        </Note>
        {dropped.length > 0 && (
          <div>
            {t("not_done")}
            <ul style={{ margin: "4px 0 0", paddingInlineStart: 20 }}>
              {dropped.map((one) => (
                <li key={one.seq}>
                  {wordsOf(t, one, undefined)} <span className="muted">({t("dropped")})</span>
                </li>
              ))}
            </ul>
          </div>
        )}
        <div className="st-row">
          {action.kind === "step" && (
            <Link to={`/store/task/${action.task}`} className="st-chip">
              {t("show_task")}
            </Link>
          )}
          <Button type="primary" onClick={() => void floor.acknowledge(entry)}>
            {t("seen")}
          </Button>
        </div>
      </div>
    </div>
  );
}
