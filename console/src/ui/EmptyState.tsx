import { InboxOutlined } from "@ant-design/icons";
import { Flex } from "antd";
import type { ReactNode } from "react";
import { useLook } from "@/app/look";
import { useCommon } from "@/words/common";

/** Nothing to show: says why, and what to do next. */
export function EmptyState({ title, children }: { title?: ReactNode; children?: ReactNode }) {
  const t = useCommon();
  const look = useLook();
  return (
    <Flex
      vertical
      align="center"
      gap={8}
      style={{ padding: "40px 16px", textAlign: "center", color: look.text }}
    >
      <InboxOutlined style={{ fontSize: 28, color: look.muted }} aria-hidden />
      <strong style={{ fontWeight: 600, color: look.text }}>{title ?? t("nothing")}</strong>
      {children !== undefined && <div style={{ color: look.muted, maxWidth: 440 }}>{children}</div>}
    </Flex>
  );
}
