import { Link } from "react-router";
import { useLook } from "@/app/look";
import { usePreferences } from "@/app/preferences";
import * as links from "@/pages/board/links";
import { useShown } from "@/pages/board/useBoard";
import { words } from "@/pages/board/words";
import type { Tone } from "@/theme";
import { quantity } from "@/ui/format";
import { useWords } from "@/words/words";

/** How much needs somebody, each opening its list. */
export function Attention() {
  const t = useWords(words);
  const look = useLook();
  const { language } = usePreferences();
  const found = useShown(({ figures }) => figures.attention);
  const cells: { key: keyof typeof found; to: string; tone: Tone }[] = [
    { key: "overdue", to: links.work({ risk: "overdue" }), tone: "danger" },
    { key: "soon", to: links.work({ risk: "soon" }), tone: "warning" },
    { key: "late", to: links.work({ late: true }), tone: "warning" },
    { key: "unserved", to: links.orders({ unserved: true }), tone: "danger" },
    { key: "stock_exceptions", to: "/exceptions", tone: "danger" },
  ];
  return (
    <section
      aria-label={t("attention")}
      className="board-attention"
      style={{ background: look.surface, borderColor: look.line }}
    >
      {cells.map(({ key, to, tone }) => {
        const count = found[key];
        const needed = count > 0;
        return (
          <Link
            key={key}
            to={to}
            className="board-cell"
            data-figure={key}
            style={{
              color: look.text,
              borderColor: look.line,
              boxShadow: needed ? `inset 3px 0 0 ${look.tone[tone].mark}` : undefined,
            }}
          >
            <span className="board-cell-label">{t(key)}</span>
            <span className="num board-big" style={{ color: needed ? look.tone[tone].text : look.muted }}>
              {quantity(count, language)}
            </span>
            <span className="board-note">{t(`${key}_hint`)}</span>
          </Link>
        );
      })}
    </section>
  );
}
