import { useEffect, useEffectEvent, useState } from "react";
import { faultsOf, without, type Faults } from "@/pages/store/faults";
import { floor } from "@/pages/store/floor";
import type { Entry } from "@/pages/store/queue/entries";
import type { Step, StepName } from "@/pages/store/task";

export interface Mending {
  /** What is wrong at a place of the form. */
  of: (at: string) => string | undefined;
  /** For an input: whether it is wrong, and the id of what says so. */
  attributes: (at: string) => { "aria-invalid": boolean; "aria-describedby"?: string };
  /** The field was changed: its fault is gone; with the last one, so is the refusal. */
  mend: (at: string) => void;
}

export const faultId = (at: string): string =>
  `st-fault${at.replace(/[^a-z\d]/gi, (letter) => `-${letter.codePointAt(0) ?? 0}-`)}`;

const NONE: Faults = new Map();
const FAULTY = '.st [aria-invalid="true"], .st [data-fault="true"] button:not(:disabled)';

type BodyOf<N extends StepName> = Extract<Step, { name: N }>["body"];

/** The refused entry of a step, and what was sent with it. */
export function refusalOf<N extends StepName>(
  refusals: readonly Entry[],
  name: N,
): { entry: Entry; body: BodyOf<N> } | undefined {
  for (const entry of refusals)
    if (entry.action.kind === "step" && entry.action.step.name === name)
      return { entry, body: entry.action.step.body as BodyOf<N> };
  return undefined;
}

/**
 * The faults of a refused entry at the fields of its form, which `restore` fills in again as they were sent. Who leaves
 * the form has seen them.
 */
export function useFaults(entry: Entry | undefined, restore: () => void): Mending {
  const [left, setLeft] = useState<{ seq: number; faults: Faults }>({ seq: -1, faults: NONE });
  const faults = entry === undefined ? NONE : left.seq === entry.seq ? left.faults : faultsOf(entry);

  const leave = useEffectEvent(() => {
    if (entry !== undefined) void floor.acknowledge(entry);
  });
  useEffect(() => () => leave(), []);
  const seq = entry?.seq;
  const begin = useEffectEvent(() => {
    restore();
    requestAnimationFrame(() => {
      const field = document.querySelector<HTMLElement>(FAULTY);
      field?.focus();
      field?.scrollIntoView({ block: "center" }); // the bar at the bottom would cover it
    });
  });
  useEffect(() => {
    if (seq !== undefined) begin();
  }, [seq]);

  return {
    of: (at) => faults.get(at),
    attributes: (at) =>
      faults.has(at) ? { "aria-invalid": true, "aria-describedby": faultId(at) } : { "aria-invalid": false },
    mend: (at) => {
      if (entry === undefined) return;
      const rest = without(faults, at);
      setLeft({ seq: entry.seq, faults: rest });
      if (rest.size === 0) void floor.acknowledge(entry);
    },
  };
}
