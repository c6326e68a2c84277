/** The draft of a policy: kept in this browser until it is published or discarded, a brand at a time. */
import { useCallback, useState } from "react";
import type { Policy } from "@/pages/policy/model";

export interface Draft {
  policy: Policy;
  /** The version that it was begun from. */
  base: number;
}

const key = (party: string): string => `ms.policy.${party}`;

function read(party: string): Draft | null {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key(party)) ?? "null");
    return isDraft(kept) ? kept : null;
  } catch {
    return null; // storage may be forbidden, or hold something older
  }
}

const isDraft = (value: unknown): value is Draft =>
  typeof value === "object" &&
  value !== null &&
  typeof (value as Draft).base === "number" &&
  isPolicy((value as Draft).policy);

/** Whether a value has the shape of a policy, so that forms can show it; the API judges what it says. */
export function isPolicy(value: unknown): value is Policy {
  if (!isObject(value) || !isObject(value.kinds) || !Object.values(value.kinds).every(isObject)) return false;
  const { channels, split, thresholds, rank, excluded_locations: excluded } = value;
  return (
    Object.values(value.kinds).every((rule) => isObject(rule) && objectOrNone(rule.costs)) &&
    objectOrNone(channels) &&
    Object.values(channels ?? {}).every(
      (rule) =>
        isObject(rule) &&
        ["groups", "excluded_groups", "location_kinds", "kinds"].every((name) => textsOrNone(rule[name])),
    ) &&
    objectOrNone(split) &&
    textsOrNone(excluded) &&
    [thresholds, rank].every(
      (rules) => rules === undefined || (Array.isArray(rules) && rules.every(isObject)),
    )
  );
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const objectOrNone = (value: unknown): value is Record<string, unknown> | undefined =>
  value === undefined || isObject(value);
const textsOrNone = (value: unknown): boolean =>
  value === undefined || (Array.isArray(value) && value.every((one) => typeof one === "string"));

export function useDraft(party: string): [Draft | null, (draft: Draft | null) => void] {
  const [draft, setDraft] = useState(() => read(party));
  const change = useCallback(
    (next: Draft | null) => {
      setDraft(next);
      try {
        if (next === null) localStorage.removeItem(key(party));
        else localStorage.setItem(key(party), JSON.stringify(next));
      } catch {
        // then it lasts as long as the page
      }
    },
    [party],
  );
  return [draft, change];
}
