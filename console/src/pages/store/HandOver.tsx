import { Button, Input } from "antd";
import { useEffect, useEffectEvent, useState } from "react";
import { useLocation } from "react-router";
import { floor, useFloor } from "@/pages/store/floor";
import { Note } from "@/pages/store/parts";
import { Lines, type PanelProps } from "@/pages/store/TaskView";
import { refusalOf } from "@/pages/store/useFaults";
import { words } from "@/pages/store/words";
import { moment } from "@/ui/format";
import { useNow } from "@/ui/now";
import { useWords } from "@/words/words";

/**
 * The shopper shows the code. Goods only leave once the server has said yes, so that without a network nothing is
 * handed over, and while an answer is awaited the screen says to wait.
 */
export function HandOver(panel: PanelProps) {
  const t = useWords(words);
  const { online } = useFloor();
  const now = useNow();
  const { task } = panel.shown;
  const state = useLocation().state as { code?: string } | null;
  const [code, setCode] = useState(state?.code ?? "");
  const refusal = refusalOf(panel.refusals, "hand-over")?.entry;
  const problem = refusal?.refusal ?? null;
  const locked = problem?.code === "code_locked";
  const message = problem === null ? undefined : problem.detail === "" ? problem.title : problem.detail;
  const checking = panel.shown.waiting.some(
    ({ action }) => action.kind === "step" && action.step.name === "hand-over",
  );
  const overdue = task.collect_by !== null && Date.parse(task.collect_by) <= now;

  // it was said at the field: who leaves has seen it
  const leave = useEffectEvent(() => {
    if (refusal !== undefined) void floor.acknowledge(refusal);
  });
  useEffect(() => () => leave(), []);

  const change = (value: string) => {
    setCode(value.replace(/\D/g, "").slice(0, 6));
    if (refusal !== undefined) void floor.acknowledge(refusal);
  };
  const submit = () => {
    if (code.length !== 6 || !online || checking) return;
    if (refusal !== undefined) void floor.acknowledge(refusal);
    panel.take({ name: "hand-over", body: { code } });
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {task.collect_by !== null && (
        <p className="muted">{t("collect_by", { time: moment(task.collect_by, "minute") })}</p>
      )}
      <label className="st-label" htmlFor="st-code">
        {t("code_note")}
      </label>
      <Input
        id="st-code"
        className="st-code"
        value={code}
        inputMode="numeric"
        autoComplete="off"
        status={message === undefined ? "" : "error"}
        aria-invalid={message !== undefined}
        aria-describedby="st-code-error"
        onChange={(event) => change(event.target.value)}
      />
      <div id="st-code-error" role="alert" style={{ minHeight: 24 }}>
        {message !== undefined && <Note tone="danger">{message}</Note>}
      </div>
      {locked && (
        <Note
          tone="warning"
          action={
            <Button
              onClick={() => {
                setCode("");
                if (refusal !== undefined) void floor.acknowledge(refusal);
                panel.take({ name: "renew-code", body: {} });
              }}
            >
              {t("renew")}
            </Button>
          }
        >
          {t("code_locked")}
        </Note>
      )}
      {checking && (
        <Note tone={online ? "progress" : "warning"} loud role="status">
          {online ? t("code_checking") : t("code_unsure")}
        </Note>
      )}
      {!online && !checking && (
        <Note tone="warning" role="status">
          {t("code_needs_network")}
        </Note>
      )}
      <Lines {...panel} />
      {overdue && (
        <Button block style={{ marginTop: 12 }} onClick={() => panel.take({ name: "expire", body: {} })}>
          {t("expire")}
        </Button>
      )}
      {panel.actions(
        <Button
          type="primary"
          htmlType="submit"
          block
          className="st-big"
          disabled={code.length !== 6 || !online || locked || checking}
        >
          {t("hand_over")}
        </Button>,
      )}
    </form>
  );
}
