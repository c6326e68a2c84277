import { useCallback, useLayoutEffect, useMemo, useRef } from "react";
import { useSearchParams } from "react-router";

/**
 * Filters that live in the address, so that a view can be sent to a colleague.
 *
 *     const [filters, setFilters] = useFilters(["state", "channel", "text"]);
 *     setFilters({ state: "placed" });     setFilters({ state: undefined });
 */
export function useFilters<K extends string>(
  names: readonly K[],
): [Partial<Record<K, string>>, (changes: Partial<Record<K, string | undefined>>) => void] {
  const [search, setSearch] = useSearchParams();
  // the router tells an address only once it is drawn: what changes twice before that must not lose the first change
  const latest = useRef(search);
  useLayoutEffect(() => {
    latest.current = search;
  }, [search]);
  const listed = names.join(" ");
  const values = useMemo(() => {
    const found: Record<string, string> = {};
    for (const name of listed.split(" ")) {
      const value = search.get(name);
      if (value !== null && value !== "") found[name] = value;
    }
    return found as Partial<Record<K, string>>;
  }, [search, listed]);

  const change = useCallback(
    (changes: Partial<Record<K, string | undefined>>) => {
      const after = new URLSearchParams(latest.current);
      for (const [name, value] of Object.entries<string | undefined>(changes)) {
        if (value === undefined || value === "") after.delete(name);
        else after.set(name, value);
      }
      latest.current = after;
      setSearch(after, { replace: true });
    },
    [setSearch],
  );
  return [values, change];
}
