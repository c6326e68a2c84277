/** Which roles there are to give; what each may do, the server says. */
import type { Schemas } from "@/api/client";
import type { Me } from "@/api/me";

export type Role = Schemas["Person"]["role"];

const OF_A_BRAND: readonly Role[] = [
  "brand_operations",
  "brand_marketing",
  "planner",
  "analyst",
  "store_associate",
  "partner",
];

export const rolesOf = (kind: Me["party_kind"]): readonly Role[] =>
  kind === "platform" ? ["platform_operator"] : OF_A_BRAND;

/** Whether somebody of this role acts in chosen stores only. */
export const isBound = (role: Role | undefined): boolean => role === "store_associate" || role === "partner";
