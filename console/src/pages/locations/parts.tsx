import type { ReactNode } from "react";

export function Panel({
  title,
  id,
  wide = false,
  children,
}: {
  title: string;
  id?: string;
  wide?: boolean;
  children: ReactNode;
}) {
  return (
    <section id={id} className={wide ? "ms-one-panel ms-one-wide" : "ms-one-panel"} aria-label={title}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

export function Facts({ rows }: { rows: [string, ReactNode][] }) {
  return (
    <dl className="ms-one-facts">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
