/** Says what is going to change, asks why, and does it. */
import { useMutation } from "@tanstack/react-query";
import { Alert, Form, Input, Modal } from "antd";
import { useId, useState } from "react";
import { isProblem } from "@/api/problem";
import { Differences } from "@/pages/policy/Differences";
import type { Policy } from "@/pages/policy/model";
import { words } from "@/pages/policy/words";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { useCommon } from "@/words/common";
import { useWords } from "@/words/words";

export interface Publishing {
  title: string;
  text: string;
  warning?: string;
  ok: string;
  before: Policy;
  after: Policy;
  names: [string, string];
  send: (note: string) => Promise<{ version?: number }>;
}

export function Confirm({
  what,
  onDone,
  onClose,
  onProblem,
}: {
  what: Publishing;
  onDone: (version: number) => void;
  onClose: () => void;
  onProblem: (error: unknown) => void;
}) {
  const t = useWords(words);
  const common = useCommon();
  const id = useId();
  const [note, setNote] = useState("");
  const sent = useMutation({
    mutationFn: () => what.send(note.trim()),
    onSuccess: (policy) => onDone(policy.version ?? 0),
    onError: onProblem,
  });
  const faults = isProblem(sent.error) ? sent.error.fields : [];
  const noted = faults.find((field) => field.pointer === "/note");
  return (
    <Modal
      open
      title={what.title}
      okText={what.ok}
      cancelText={common("cancel")}
      confirmLoading={sent.isPending}
      onOk={() => sent.mutate()}
      onCancel={onClose}
      width={760}
    >
      <p style={{ marginTop: 0 }}>{what.text}</p>
      {what.warning !== undefined && (
        <Alert type="warning" showIcon title={what.warning} style={{ marginBottom: 12 }} />
      )}
      <div style={{ maxHeight: 320, overflow: "auto" }}>
        <Differences before={what.before} after={what.after} names={what.names} />
      </div>
      <Form.Item
        layout="vertical"
        label={t("note")}
        htmlFor={id}
        validateStatus={noted ? "error" : undefined}
        help={<span id={`${id}-help`}>{noted?.detail ?? t("note_help")}</span>}
        style={{ margin: "16px 0 8px" }}
      >
        <Input
          id={id}
          aria-describedby={`${id}-help`}
          aria-invalid={noted !== undefined}
          value={note}
          onChange={(event) => setNote(event.target.value)}
        />
      </Form.Item>
      {sent.error !== null && !noted && <ProblemAlert error={sent.error} />}
      {isProblem(sent.error, "revision_passed") && <p>{t("passed")}</p>}
    </Modal>
  );
}
