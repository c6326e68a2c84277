/** What this browser's user likes: language, theme and density; kept in localStorage. */
import { useSyncExternalStore } from "react";

export type Language = "en" | "zh";
export type ThemeChoice = "system" | "light" | "dark";
export type Density = "compact" | "comfortable";

interface Preferences {
  language: Language;
  theme: ThemeChoice;
  density: Density;
}

const listeners = new Set<() => void>();
let current: Preferences = {
  language: read("language", ["en", "zh"]) ?? (globalThis.navigator?.language.startsWith("zh") ? "zh" : "en"),
  theme: read("theme", ["system", "light", "dark"]) ?? "system",
  density: read("density", ["compact", "comfortable"]) ?? "compact",
};

function read<T extends string>(name: string, allowed: readonly T[]): T | undefined {
  try {
    const kept = localStorage.getItem(`ms.${name}`);
    return allowed.find((one) => one === kept);
  } catch {
    return undefined; // storage may be forbidden
  }
}

export function setPreference<K extends keyof Preferences>(name: K, value: Preferences[K]): void {
  current = { ...current, [name]: value };
  try {
    localStorage.setItem(`ms.${name}`, value);
  } catch {
    // then it lasts as long as the page
  }
  listeners.forEach((listener) => listener());
}

export const language = (): Language => current.language;

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export const usePreferences = (): Preferences => useSyncExternalStore(subscribe, () => current);

const media = (query: string): MediaQueryList | undefined => globalThis.matchMedia?.(query);

/** Whether a media query holds now. */
export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (listener) => {
      const list = media(query);
      list?.addEventListener("change", listener);
      return () => list?.removeEventListener("change", listener);
    },
    () => media(query)?.matches ?? false,
  );
}

export const useDark = (): boolean => {
  const { theme } = usePreferences();
  const system = useMedia("(prefers-color-scheme: dark)");
  return theme === "dark" || (theme === "system" && system);
};

/** Narrower than a tablet: the layout of phones. */
export const usePhone = (): boolean => useMedia("(max-width: 767px)");

export const useCalm = (): boolean => useMedia("(prefers-reduced-motion: reduce)");
