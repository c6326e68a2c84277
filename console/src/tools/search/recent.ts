/** What somebody opened from the search lately: kept in this browser, for this person only. */
export interface Recent {
  type: string;
  id: string;
  title: string;
  detail: string;
}

const MOST = 8;

const keyOf = (person: string): string => `ms.recent.${person}`;

export function recentOf(person: string): Recent[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(keyOf(person)) ?? "[]");
    return Array.isArray(kept) ? kept.filter(isRecent).slice(0, MOST) : [];
  } catch {
    return []; // storage may be forbidden, or hold what is none of ours
  }
}

export function remember(person: string, opened: Recent): void {
  const others = recentOf(person).filter((one) => one.type !== opened.type || one.id !== opened.id);
  keep(person, [opened, ...others].slice(0, MOST));
}

export const forget = (person: string): void => keep(person, []);

function keep(person: string, recents: Recent[]): void {
  try {
    localStorage.setItem(keyOf(person), JSON.stringify(recents));
  } catch {
    // then it is not remembered
  }
}

const isRecent = (value: unknown): value is Recent =>
  typeof value === "object" &&
  value !== null &&
  ["type", "id", "title", "detail"].every(
    (name) => typeof (value as Record<string, unknown>)[name] === "string",
  );
