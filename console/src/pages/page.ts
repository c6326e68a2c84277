/** How a page registers itself: `pages/<name>/page.tsx` exports `default definePage({...})`. */
import type { ComponentType } from "react";
import type { Words } from "@/words/words";

export type NavGroup = "operate" | "network" | "rules" | "people";

export interface Page {
  /** Unique; the name of its folder, with a suffix where a folder has several. */
  name: string;
  /** react-router's path: `/orders/:id`. */
  path: string;
  /** What the role must be able to do to open it; undefined for pages that everybody may. */
  scope?: string;
  /** Its place in the navigation; `phone` puts it in the bar at the bottom of small screens. */
  nav?: { group: NavGroup; order: number; icon: ComponentType; phone?: boolean };
  /** `title` (the question that the page answers) and `nav` (its short name) must be among them. */
  words: Words<"title" | "nav">;
  /** `bare` draws no navigation around it, `public` needs nobody to be signed in. */
  frame?: "bare" | "public";
  load: () => Promise<{ default: ComponentType }>;
}

export function definePage<K extends string>(
  page: Omit<Page, "words"> & { words: Words<K | "title" | "nav"> },
): Page {
  return page;
}

const found = import.meta.glob<{ default: Page | Page[] }>("./*/page.tsx", { eager: true });

/** All pages, by their place in the navigation. */
export const pages: readonly Page[] = Object.values(found)
  .flatMap((module) => module.default)
  .sort((a, b) => (a.nav?.order ?? 1e6) - (b.nav?.order ?? 1e6) || a.path.localeCompare(b.path));
