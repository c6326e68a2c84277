import { LockOutlined } from "@ant-design/icons";
import { Result } from "antd";
import { useMe } from "@/api/me";
import { useLook } from "@/app/look";
import { useCommon } from "@/words/common";

/** Shown instead of a page that the role may not open: says what is missing, and who can help. */
export function NoPermission({ scope }: { scope: string }) {
  const t = useCommon();
  const me = useMe();
  const look = useLook();
  return (
    <Result
      icon={<LockOutlined style={{ color: look.muted }} />}
      title={<h1 style={{ font: "inherit", margin: 0 }}>{t("no_permission")}</h1>}
      subTitle={t("no_permission_detail", { scope, party: me.party })}
    />
  );
}
