/** Things that stand in the header on every page: `tools/<name>/tool.tsx` exports `default defineTool({...})`. */
import type { ComponentType } from "react";

export interface Tool {
  name: string;
  /** From left to right. */
  order: number;
  /** Small: what it opens is loaded when it is opened. */
  component: ComponentType;
}

// a function, as it is used while this module still waits for the tools that it finds
export function defineTool(tool: Tool): Tool {
  return tool;
}

const found = import.meta.glob<{ default: Tool }>("./*/tool.tsx", { eager: true });

export const tools: readonly Tool[] = Object.values(found)
  .map((module) => module.default)
  .sort((a, b) => a.order - b.order);
