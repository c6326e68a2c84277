/** What the API says of single fields of a refused step, by where they are on the screen: pure. */
import type { Entry } from "@/pages/store/queue/entries";

/** Messages by place: the pointer into what was sent, with lines by their number and serials by themselves. */
export type Faults = ReadonlyMap<string, string>;

export const atLine = (line: number): string => `/lines/${line}`;
export const atSerial = (line: number, serial: string): string => `${atLine(line)}/serials/${serial}`;

interface SentLine {
  line: number;
  serials?: readonly string[];
}

/** The fields that each form has. */
const FIELDS: Record<string, RegExp> = {
  pick: /^\/lines\/\d+/,
  pack: /^\/boxes$/,
  ship: /^\/(carrier|tracking)$/,
  reject: /^\/(reason|note)$/,
  hold: /^\/reason$/,
  "hand-over": /^\/code$/,
  return: /^\/lines\/\d+/,
  receive: /^\/lines\/\d+/,
};

/** The form that an entry was made by. */
export const formOf = ({ action }: Pick<Entry, "action">): string =>
  action.kind === "step" ? action.step.name : action.kind;

const linesOf = ({ action }: Pick<Entry, "action">): readonly SentLine[] => {
  if (action.kind !== "step") return action.lines;
  return "lines" in action.step.body ? (action.step.body.lines ?? []) : [];
};

/** What is wrong with the entry's fields. A single fault is told as the whole refusal is: that says more. */
export function faultsOf(entry: Pick<Entry, "action" | "refusal">): Faults {
  const { fields = [], detail = "" } = entry.refusal ?? {};
  const lines = linesOf(entry);
  const faults = new Map<string, string>();
  for (const field of fields) {
    const at = placeOf(field.pointer, lines);
    const text = fields.length === 1 && detail !== "" ? detail : field.detail;
    faults.set(at, faults.has(at) ? `${faults.get(at) ?? ""} ${text}` : text);
  }
  return faults;
}

function placeOf(pointer: string, lines: readonly SentLine[]): string {
  const [, i, what = "", k] = /^\/lines\/(\d+)(?:\/(\w+))?(?:\/(\d+))?$/.exec(pointer) ?? [];
  const sent = lines[Number(i)];
  if (i === undefined || sent === undefined) return pointer;
  const serial = k === undefined ? undefined : sent.serials?.[Number(k)];
  if (what === "serials" && serial !== undefined) return atSerial(sent.line, serial);
  return ["serials", "restocked", "written_off"].includes(what)
    ? `${atLine(sent.line)}/${what}`
    : atLine(sent.line);
}

/** Whether all that a refusal says has its field in the form. What it kept from being sent is told beside it. */
export function isAtFields(entry: Entry, entries: readonly Entry[]): boolean {
  const here = FIELDS[formOf(entry)];
  const places = [...faultsOf(entry).keys()];
  return (
    entry.state === "refused" &&
    here !== undefined &&
    places.length > 0 &&
    places.every((place) => here.test(place)) &&
    entries.every(({ because }) => because !== entry.seq)
  );
}

/** What is left to mend once the field at a place, and what is below it, was changed. */
export const without = (faults: Faults, at: string): Faults =>
  new Map([...faults].filter(([place]) => place !== at && !place.startsWith(`${at}/`)));
