import { Button, Modal } from "antd";
import { useSyncExternalStore } from "react";
import { signIn } from "@/api/me";
import { sessionEnded } from "@/app/sessionEnded";
import { useCommon } from "@/words/common";

/**
 * Says that what was done last was not carried out, or of steps that this device keeps that they are sent later; offers
 * to sign in and come back.
 */
export function SessionEnded() {
  const t = useCommon();
  const open = useSyncExternalStore(sessionEnded.subscribe, sessionEnded.now);
  const kept = useSyncExternalStore(sessionEnded.subscribe, sessionEnded.kept);
  return (
    <Modal
      open={open}
      title={t("session_ended")}
      closable={false}
      mask={{ closable: false }}
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
      {kept > 0 ? t("session_ended_kept", { count: kept }) : t("session_ended_detail")}
    </Modal>
  );
}
