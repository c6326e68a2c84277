import { SearchOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { lazy, Suspense, useEffect, useState } from "react";
import { useCan } from "@/api/me";
import { useLook } from "@/app/look";
import { usePhone } from "@/app/preferences";
import { defineTool } from "@/tools/tool";
import { words } from "@/tools/search/words";
import { useWords } from "@/words/words";

const load = () => import("@/tools/search/Palette");
const Palette = lazy(load);
const IDLE_MS = 1_500;
const APPLE = /Mac|iPhone|iPad/.test(globalThis.navigator?.platform ?? "");

/** The box that finds anything: ⌘K or Ctrl+K from anywhere, / outside of fields, or this button. */
function Search() {
  const [open, setOpen] = useState(false);
  const phone = usePhone();
  const look = useLook();
  const t = useWords(words);
  const may = useCan("locations:read");

  useEffect(() => {
    if (!may) return;
    const pressed = (event: KeyboardEvent) => {
      const chord = event.key.toLowerCase() === "k" && (event.metaKey || event.ctrlKey) && !event.altKey;
      const slash =
        event.key === "/" && !event.metaKey && !event.ctrlKey && !event.altKey && !isField(event.target);
      if (!chord && !slash) return;
      event.preventDefault();
      setOpen((now) => (chord ? !now : true));
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, [may]);

  useEffect(() => {
    // fetched while nobody waits for it: what is typed right after the keys is not lost then
    const timer = may ? setTimeout(() => void load(), IDLE_MS) : undefined;
    return () => clearTimeout(timer);
  }, [may]);

  if (!may) return null;
  return (
    <>
      {phone ? (
        <Button
          type="text"
          icon={<SearchOutlined />}
          aria-label={t("open")}
          aria-haspopup="dialog"
          onClick={() => setOpen(true)}
        />
      ) : (
        <Button
          icon={<SearchOutlined />}
          title={t("open")}
          aria-keyshortcuts="Control+K Meta+K /"
          aria-haspopup="dialog"
          onClick={() => setOpen(true)}
          onPointerEnter={() => void load()}
          style={{ color: look.muted, fontWeight: 400, background: look.page, borderColor: look.line }}
        >
          <span style={{ minWidth: 180, textAlign: "start" }}>{t("hint")}</span>
          <kbd style={{ font: "inherit", fontSize: 12 }}>{APPLE ? "⌘K" : "Ctrl K"}</kbd>
        </Button>
      )}
      {open && (
        <Suspense fallback={null}>
          <Palette onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}

const isField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName));

export default defineTool({ name: "search", order: 0, component: Search });
