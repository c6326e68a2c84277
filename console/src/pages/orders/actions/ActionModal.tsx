import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Form, Modal } from "antd";
import { useCallback, useRef } from "react";
import { newKey } from "@/api/client";
import { fieldOf, type Action, type Values } from "@/pages/orders/actions/actions";
import { Fields } from "@/pages/orders/actions/Fields";
import { words } from "@/pages/orders/words";
import type { Path } from "@/ui/pointer";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { useProblemForm } from "@/ui/useProblemForm";
import { useCommon } from "@/words/common";
import { useWords } from "@/words/words";

/** One step's form. What the API refuses is shown at its field; what it took is on the page when the form closes. */
export function ActionModal({ action, onClose }: { action: Action; onClose: () => void }) {
  const t = useWords(words);
  const common = useCommon();
  const client = useQueryClient();
  const { message } = App.useApp();
  const [form] = Form.useForm<Values>();
  const kept = useRef<number[]>(undefined);
  const sent = useRef({ text: "", key: "" });
  const at = useCallback((path: Path) => fieldOf(path, action.name, kept.current), [action.name]);
  const problems = useProblemForm(form, at);

  const step = useMutation({
    mutationFn: () => {
      // the form's own values hold what no field shows, too: the numbers of lines
      const { body, kept: lines } = action.bodyOf(form.getFieldsValue(true) as Values);
      kept.current = lines;
      const text = JSON.stringify(body);
      // the same again has the same key, so that a lost answer does nothing twice
      if (text !== sent.current.text) sent.current = { text, key: newKey() };
      return action.send(body, sent.current.key);
    },
    onMutate: problems.clear,
    onError: problems.show,
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["orders"] });
      void message.success(t("done"));
      onClose();
    },
  });

  return (
    <Modal
      open
      title={t(`do_${action.name}`)}
      okText={t(`do_${action.name}`)}
      cancelText={common("back")}
      okButtonProps={{
        danger: action.danger,
        loading: step.isPending,
        htmlType: "submit",
        form: "order-action",
      }}
      onCancel={onClose}
      destroyOnHidden
    >
      <p className="muted" style={{ marginTop: 0 }}>
        {t(`ask_${action.name}`)}
      </p>
      {problems.problem !== null && (
        <div style={{ marginBottom: 16 }}>
          <ProblemAlert error={problems.problem} fields={problems.elsewhere} />
        </div>
      )}
      <Form<Values>
        id="order-action"
        name="action"
        form={form}
        layout="vertical"
        initialValues={action.initial}
        onFinish={() => step.mutate()}
      >
        <Fields action={action} />
      </Form>
    </Modal>
  );
}
