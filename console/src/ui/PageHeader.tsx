import { Flex } from "antd";
import type { ReactNode } from "react";
import { useLook } from "@/app/look";
import { usePhone } from "@/app/preferences";

/** A page's one h1, the question that it answers; beside it what is true now, at the right what can be done. */
export function PageHeader({
  title,
  note,
  actions,
  children,
}: {
  title: ReactNode;
  note?: ReactNode;
  actions?: ReactNode;
  children?: ReactNode;
}) {
  const look = useLook();
  const phone = usePhone();
  return (
    <div style={{ marginBottom: 16 }}>
      <Flex wrap gap="4px 16px" align="center" justify="space-between">
        <Flex wrap gap="2px 12px" align="baseline">
          <h1 style={{ margin: 0, fontSize: phone ? 18 : 20, lineHeight: 1.4, fontWeight: 600 }}>{title}</h1>
          {note !== undefined && <span style={{ color: look.muted }}>{note}</span>}
        </Flex>
        {actions !== undefined && (
          <Flex wrap gap={8} align="center">
            {actions}
          </Flex>
        )}
      </Flex>
      {children}
    </div>
  );
}
