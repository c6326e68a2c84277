import type { ReactNode } from "react";
import { useLook } from "@/app/look";

/** A part of a page with its heading. */
export function Section({
  title,
  extra,
  flush = false,
  children,
}: {
  title: string;
  extra?: ReactNode;
  /** For tables, which have their own padding. */
  flush?: boolean;
  children: ReactNode;
}) {
  const look = useLook();
  return (
    <section
      aria-label={title}
      style={{
        background: look.surface,
        border: `1px solid ${look.line}`,
        borderRadius: 8,
        marginBottom: 16,
      }}
    >
      <div
        style={{
          display: "flex",
          alignItems: "center",
          gap: 12,
          padding: "10px 16px",
          borderBottom: `1px solid ${look.line}`,
        }}
      >
        <h2 style={{ margin: 0, fontSize: 15, fontWeight: 600, flex: 1 }}>{title}</h2>
        {extra}
      </div>
      <div style={{ padding: flush ? 0 : 16, overflow: "hidden", borderRadius: "0 0 8px 8px" }}>
        {children}
      </div>
    </section>
  );
}
