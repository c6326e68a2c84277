import { Button } from "antd";
import { memo, useCallback, useEffect, useRef, useState } from "react";
import { useLook } from "@/app/look";
import { usePhone, usePreferences } from "@/app/preferences";
import type { Entry } from "@/pages/board/live";
import { Panel } from "@/pages/board/parts";
import { useShown } from "@/pages/board/useBoard";
import { words } from "@/pages/board/words";
import type { Tone } from "@/theme";
import { Time } from "@/ui/Figures";
import { quantity } from "@/ui/format";
import { LocationLink, OrderLink } from "@/ui/Links";
import { useCommon, wordFor } from "@/words/common";
import { useWords, type Key } from "@/words/words";

/** Rows move at most this often: faster than that nobody reads them. */
const CALM_MS = 1_500;
const ROWS = 22;
const ROWS_PHONE = 8;

const TONES: Record<string, Tone> = {
  "order.unserved": "danger",
  "order.cancelled": "neutral",
  "fulfilment.rejected": "danger",
  "fulfilment.lines_rejected": "danger",
  "fulfilment.expired": "danger",
  "fulfilment.wrong_code": "warning",
  "fulfilment.held": "warning",
  "fulfilment.rerouted": "warning",
  "order.improved": "info",
  "fulfilment.ready": "success",
  "fulfilment.shipped": "success",
  "fulfilment.delivered": "success",
  "fulfilment.handed_over": "success",
  "order.placed": "info",
};

/** What happened last: rows stay where they are while somebody points at one or has the focus in the list. */
export function Newest() {
  const t = useWords(words);
  const look = useLook();
  const { language } = usePreferences();
  const size = usePhone() ? ROWS_PHONE : ROWS;
  const { rows, more, passed, using, show, held } = useCalmRows(size);
  return (
    <Panel
      title={t("newest")}
      note={
        <span className="board-more">
          {using && more > 0 ? (
            <Button type="link" size="small" onClick={show}>
              {t("held", { count: more, n: quantity(more, language) })}
            </Button>
          ) : (
            passed > 0 && t("passed", { n: quantity(passed, language) })
          )}
        </span>
      }
    >
      <ol className="board-newest" style={{ minHeight: size * 48 }} {...held}>
        {rows.length === 0 && <li className="board-note">{t("nothing_yet")}</li>}
        {rows.map((entry) => (
          <Row key={entry.id} entry={entry} line={look.line} />
        ))}
      </ol>
    </Panel>
  );
}

const Row = memo(function Row({ entry, line }: { entry: Entry; line: string }) {
  const t = useWords(words);
  const common = useCommon();
  const look = useLook();
  const key = `fact_${entry.name.replace(".", "_")}`;
  const text = key in words.en ? t(key as Key<keyof typeof words.en>) : entry.name;
  const [first, ...others] = entry.locations;
  return (
    <li style={{ borderColor: line }}>
      <span className="board-entry-what">
        <i aria-hidden style={{ background: look.tone[TONES[entry.name] ?? "progress"].mark }} />
        {text}
      </span>
      <span className="board-entry-time">
        <Time at={entry.at} precision="clock" />
      </span>
      <span className="board-entry-of">
        <OrderLink id={entry.order} label={entry.channel_order_id} />
        <span className="muted">{wordFor(common, "channel", entry.channel)}</span>
      </span>
      <span className="board-entry-where">
        {first !== undefined && <LocationLink code={first} />}
        {others.length > 0 && <span className="muted"> +{others.length}</span>}
      </span>
    </li>
  );
});

interface Calm {
  rows: readonly Entry[];
  /** What happened since the rows moved. */
  more: number;
  /** What happened before the rows moved and is not among them. */
  passed: number;
  using: boolean;
  show: () => void;
  held: {
    onPointerEnter: () => void;
    onPointerLeave: () => void;
    onFocus: () => void;
    onBlur: () => void;
  };
}

/** The newest, moved at most every 1.5 s and not while the list is in use; and how much more there was. */
function useCalmRows(size: number): Calm {
  const newest = useShown((shown) => shown.newest);
  const happened = useShown((shown) => shown.happened);
  const [moved, setMoved] = useState({ newest, happened, passed: 0 });
  const [using, setUsing] = useState(false);
  const movedAt = useRef(0);

  const show = useCallback(() => {
    movedAt.current = performance.now();
    setMoved((before) => ({ newest, happened, passed: Math.max(0, happened - before.happened - size) }));
  }, [newest, happened, size]);

  useEffect(() => {
    if (using || moved.newest === newest) return;
    const timer = setTimeout(show, Math.max(0, movedAt.current + CALM_MS - performance.now()));
    return () => clearTimeout(timer);
  }, [newest, moved.newest, using, show]);

  const use = () => setUsing(true);
  const leave = () => setUsing(false);
  return {
    rows: moved.newest.slice(0, size),
    more: happened - moved.happened,
    passed: moved.passed,
    using,
    show,
    held: { onPointerEnter: use, onPointerLeave: leave, onFocus: use, onBlur: leave },
  };
}
