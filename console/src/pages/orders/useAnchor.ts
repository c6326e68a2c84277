import { useEffect, useRef } from "react";
import { useLocation } from "react-router";

/** Brings a part of the page into sight and gives it the keyboard, when the address ends in `#` and its id. */
export function useAnchor(id: string) {
  const part = useRef<HTMLElement>(null);
  const { hash, key } = useLocation();
  const wanted = hash === `#${encodeURIComponent(id)}`;
  useEffect(() => {
    if (!wanted) return;
    part.current?.focus({ preventScroll: true });
    part.current?.scrollIntoView({ block: "center" });
  }, [wanted, key]);
  return part;
}
