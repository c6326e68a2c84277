/** What a code means for a task at hand, without asking the server: goods by SKU, barcode or GS1 code. */
import type { Article } from "@/pages/store/task";

export interface Read {
  text: string;
  /** GTIN of 14 digits, empty for none. */
  gtin: string;
  serial: string;
}

const LINK = /^https?:\/\/.*\/01\/(\d{8,14})(?:\/.*?21\/([^/?#]+))?/;
const ELEMENTS = /^(?:\][dQC]\d)?(?:\(01\)|01)(\d{14})([\s\S]*)$/;
// eslint-disable-next-line no-control-regex -- GS1 ends a field of varying length by the group separator
const SERIAL = /(?:\(21\)|\x1d21|^21)([^\x1d(]{1,20})/;

export function readCode(given: string): Read {
  const text = given.trim();
  const link = LINK.exec(text);
  if (link !== null) return { text, gtin: gtin14(link[1] ?? ""), serial: link[2] ?? "" };
  const elements = ELEMENTS.exec(text);
  if (elements !== null && text.length > 14) {
    return { text, gtin: gtin14(elements[1] ?? ""), serial: SERIAL.exec(elements[2] ?? "")?.[1] ?? "" };
  }
  return { text, gtin: gtin14(text), serial: "" };
}

/** A GTIN-8, -12, -13 or -14 with 14 digits, if its check digit is right; empty for anything else. */
export function gtin14(text: string): string {
  const digits = text.replace(/[ -]/g, "");
  if (!/^(\d{8}|\d{12,14})$/.test(digits) || /^0+$/.test(digits)) return "";
  const full = digits.padStart(14, "0");
  const weighed = [...full].reduce((sum, digit, i) => sum + Number(digit) * (i % 2 === 0 ? 3 : 1), 0);
  return weighed % 10 === 0 ? full : "";
}

/** Whether a code is on the goods of this offer. */
export const isArticle = (read: Read, article: Article): boolean =>
  read.text === article.sku || (read.gtin !== "" && read.gtin === article.gtin);

const TASK = /^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}-[1-9]\d{0,4})(?:\.(\d{6}))?$/i;

/** The fulfilment order of a label, or of a shopper's ticket with its pick-up code. */
export function readTask(text: string): { task: string; code: string | null } | null {
  const found = TASK.exec(text.trim());
  return found === null ? null : { task: (found[1] ?? "").toLowerCase(), code: found[2] ?? null };
}
