import { Button, Modal } from "antd";
import { useSyncExternalStore } from "react";
import { signIn } from "@/api/me";
import { sessionEnded } from "@/app/sessionEnded";
import { useCommon } from "@/words/common";

/** Says that what was done last was not carried out, and offers to sign in and come back. */
export function SessionEnded() {
  const t = useCommon();
  const open = useSyncExternalStore(sessionEnded.subscribe, sessionEnded.now);
  return (
    <Modal
      open={open}
      title={t("session_ended")}
      closable={false}
      maskClosable={false}
      onCancel={sessionEnded.dismiss}
      footer={[
        <Button key="stay" onClick={sessionEnded.dismiss}>
          {t("stay")}
        </Button>,
        <Button key="again" type="primary" onClick={signIn}>
          {t("sign_in_again")}
        </Button>,
      ]}
    >
      {t("session_ended_detail")}
    </Modal>
  );
}
