import { Table, type TableProps } from "antd";
import { type KeyboardEvent, useRef } from "react";
import { BAR, HEADER } from "@/app/size";
import { usePhone, usePreferences } from "@/app/preferences";

/** From so many rows on, only those in sight are in the document. */
const MANY = 200;

/**
 * A dense table: sticky header, the reader's density, rows that open by click and by Enter, arrows between them.
 *
 * `label` names it for screen readers. Long tables are virtual, and then need `height`.
 */
export function DataTable<Row extends object>({
  label,
  onOpen,
  height,
  fits = false,
  ...props
}: TableProps<Row> & {
  label: string;
  onOpen?: (row: Row) => void;
  height?: number;
  /** Its columns for a phone fit there: it wraps rather than scrolls. */
  fits?: boolean;
}) {
  const { density } = usePreferences();
  const phone = usePhone();
  const frame = useRef<HTMLDivElement>(null);
  const rows = props.dataSource?.length ?? 0;
  const virtual = height !== undefined && rows >= MANY;

  const move = (event: KeyboardEvent<HTMLElement>, row: Row) => {
    if (event.target !== event.currentTarget) return; // a link or a button inside the row
    if (event.key === "Enter") onOpen?.(row);
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const shown = [...(frame.current?.querySelectorAll<HTMLElement>(".ms-opens") ?? [])];
      shown[shown.indexOf(event.currentTarget) + (event.key === "ArrowDown" ? 1 : -1)]?.focus();
    } else return;
    event.preventDefault();
  };

  return (
    <div ref={frame} role="region" aria-label={label} className={phone && fits ? "ms-fits" : undefined}>
      <Table<Row>
        size={density === "compact" ? "small" : "middle"}
        pagination={false}
        sticky={virtual ? false : { offsetHeader: HEADER, offsetScroll: phone ? BAR : 0 }}
        virtual={virtual}
        showHeader={rows > 0 || !phone} // on a phone, columns without rows are too narrow for their titles
        {...props}
        scroll={{
          x: phone && rows > 0 && !fits ? "max-content" : undefined, // what scrolls must have something to focus
          ...(virtual ? { y: height, x: 960 } : {}),
          ...props.scroll,
        }}
        onRow={(row, index) => {
          const own = props.onRow?.(row, index) ?? {};
          if (onOpen === undefined) return own;
          return {
            ...own,
            tabIndex: 0,
            className: `ms-opens ${own.className ?? ""}`,
            onClick: (event) => {
              if (!(event.target as Element).closest("a, button, input, label")) onOpen(row);
            },
            onKeyDown: (event: KeyboardEvent<HTMLElement>) => move(event, row),
          };
        }}
      />
    </div>
  );
}
