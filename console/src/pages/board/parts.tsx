import { Tooltip } from "antd";
import { useId, type CSSProperties, type ReactNode } from "react";
import { useLook } from "@/app/look";

/** A part of the board with its heading. */
export function Panel({
  title,
  note,
  actions,
  children,
  style,
}: {
  title: ReactNode;
  note?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  style?: CSSProperties;
}) {
  const look = useLook();
  const id = useId();
  return (
    <section
      aria-labelledby={id}
      className="board-panel"
      style={{ background: look.surface, borderColor: look.line, ...style }}
    >
      <div className="board-panel-head">
        <h2 id={id}>{title}</h2>
        {note !== undefined && <span className="board-note">{note}</span>}
        {actions !== undefined && <span className="board-actions">{actions}</span>}
      </div>
      {children}
    </section>
  );
}

/** A term that says what it means when it is pointed at or focused. */
export function Term({ children, about }: { children: ReactNode; about: string }) {
  const id = useId();
  return (
    <Tooltip title={about} trigger={["hover", "focus"]}>
      <button type="button" className="board-term" aria-describedby={id}>
        {children}
        <span id={id} className="ms-hidden">
          {about}
        </span>
      </button>
    </Tooltip>
  );
}

/** A bar as long as its share of what is most. */
export function Bar({ share, color, track }: { share: number; color: string; track: string }) {
  return (
    <span aria-hidden className="board-bar" style={{ background: track }}>
      <span style={{ width: `${Math.max(0, Math.min(1, share)) * 100}%`, background: color }} />
    </span>
  );
}
