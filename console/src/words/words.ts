/**
 * Words of a page, in both languages, with equal keys.
 *
 *     export const words = defineWords({ en: { title: "…", rows_one: "{{count}} row", rows_other: "{{count}} rows" },
 *                                        zh: { title: "…", rows_one: "{{count}} 行", rows_other: "{{count}} 行" } });
 *     const t = useWords(words);   t("title");   t("rows", { count: 3 });
 */
import i18next, { type i18n } from "i18next";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { language } from "@/app/preferences";

export interface Words<K extends string = string> {
  readonly en: Readonly<Record<K, string>>;
  readonly zh: Readonly<Record<K, string>>;
}

/** A key as callers name it: `rows` for `rows_one` and `rows_other`. */
export type Key<K extends string> = K extends `${infer Base}_${"one" | "other"}` ? Base : K;
export type Values = Record<string, string | number>;
export type Translate<K extends string> = (key: Key<K>, values?: Values) => string;

export function defineWords<const E extends Record<string, string>>(words: {
  en: E;
  zh: NoInfer<Record<keyof E & string, string>>;
}): Words<keyof E & string> {
  return words;
}

let instance: i18n | undefined;
const spaces = new WeakMap<object, string>();
let count = 0;

function engine(): i18n {
  if (instance === undefined) {
    instance = i18next.createInstance();
    void instance.init({
      lng: language(),
      fallbackLng: false,
      initAsync: false,
      resources: {},
      ns: [],
      interpolation: { escapeValue: false },
      returnNull: false,
    });
  }
  return instance;
}

export { engine as wordsEngine };

function spaceOf(words: Words): string {
  let space = spaces.get(words);
  if (space === undefined) {
    space = `w${count++}`;
    spaces.set(words, space);
    engine().addResourceBundle("en", space, words.en);
    engine().addResourceBundle("zh", space, words.zh);
  }
  return space;
}

/** The words in the reader's language; the component is drawn anew when that changes. */
export function useWords<K extends string>(words: Words<K>): Translate<K> {
  const { t } = useTranslation(spaceOf(words), { i18n: engine() });
  return useCallback((key, values) => t(key, values ?? {}), [t]);
}

/** One text outside of components. */
export function textOf<K extends string>(words: Words<K>, key: Key<K>, values?: Values): string {
  return engine().t(key, { ns: spaceOf(words), lng: language(), ...values });
}
