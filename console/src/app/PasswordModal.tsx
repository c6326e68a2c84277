import { useMutation } from "@tanstack/react-query";
import { App, Form, Input, Modal } from "antd";
import { api } from "@/api/client";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { useProblemForm } from "@/ui/useProblemForm";
import { useCommon } from "@/words/common";

interface Values {
  current: string;
  password: string;
}

/** Changes one's own password. */
export function PasswordModal({ onClose }: { onClose: () => void }) {
  const t = useCommon();
  const { message } = App.useApp();
  const [form] = Form.useForm<Values>();
  const problems = useProblemForm(form);
  const change = useMutation({
    mutationFn: (body: Values) => api.POST("/v1/me/password", { body }),
    onMutate: problems.clear,
    onError: problems.show,
    onSuccess: () => {
      void message.success(t("password_changed"));
      onClose();
    },
  });
  return (
    <Modal
      open
      title={t("change_password")}
      okText={t("save")}
      cancelText={t("cancel")}
      confirmLoading={change.isPending}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      {problems.problem !== null && <ProblemAlert error={problems.problem} fields={problems.elsewhere} />}
      <Form<Values>
        form={form}
        layout="vertical"
        style={{ marginTop: 16 }}
        initialValues={{ current: "", password: "" }}
        onFinish={(values) => change.mutate(values)}
      >
        <Form.Item name="current" label={t("password_now")}>
          <Input.Password autoComplete="current-password" />
        </Form.Item>
        <Form.Item name="password" label={t("password_new")} extra={t("password_hint")}>
          <Input.Password autoComplete="new-password" />
        </Form.Item>
      </Form>
    </Modal>
  );
}
