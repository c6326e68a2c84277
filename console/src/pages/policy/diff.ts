/** How two policies differ, rule by rule, in words. */
import type { ChannelRule, Kind, Policy, Rank, Threshold } from "@/pages/policy/model";
import { CHANNELS, KINDS, LOOK_AHEAD_DAYS, REJECTION_COST, USUAL_IMPROVE } from "@/pages/policy/model";
import type { words } from "@/pages/policy/words";
import { commonText, type CommonKey } from "@/words/common";
import type { Translate, Words } from "@/words/words";

type WordsOf<T> = T extends Words<infer K> ? K : never;
export type T = Translate<WordsOf<typeof words>>;

export interface Difference {
  /** JSON pointer of the rule in either policy, as a key. */
  at: string;
  what: string;
  /** "" where the rule is not there. */
  before: string;
  after: string;
}

/** One rule of a policy: what it is about, and what it says. */
interface Fact {
  what: string;
  says: string;
}

/** Money of `minor` units a unit, with as many decimals as it takes: 0.4 is ¥0.004. */
export function rate(minor: number, currency: string): string {
  const format = new Intl.NumberFormat("en", {
    style: "currency",
    currency,
    currencyDisplay: "narrowSymbol",
    maximumFractionDigits: 6,
  });
  return format.format(minor / 10 ** digitsOf(currency));
}

export function digitsOf(currency: string): number {
  try {
    const format = new Intl.NumberFormat("en", { style: "currency", currency });
    return format.resolvedOptions().maximumFractionDigits ?? 2;
  } catch {
    return 2; // not a currency yet: somebody is typing it
  }
}

export function differences(before: Policy, after: Policy, t: T): Difference[] {
  const [old, now] = [facts(before, t), facts(after, t)];
  const found: Difference[] = [];
  for (const [at, fact] of now) {
    const was = old.get(at);
    if (was?.says !== fact.says)
      found.push({ at, what: fact.what, before: was?.says ?? "", after: fact.says });
  }
  for (const [at, fact] of old) {
    if (!now.has(at)) found.push({ at, what: fact.what, before: fact.says, after: "" });
  }
  return found;
}

function facts(policy: Policy, t: T): Map<string, Fact> {
  const found = new Map<string, Fact>();
  const currency = policy.currency ?? "CNY";
  const yes = (value: boolean | undefined) => t(value ? "yes" : "no");
  found.set("currency", { what: t("currency"), says: currency });
  for (const kind of KINDS) {
    const rule = policy.kinds[kind];
    const name = commonText(`kind_${kind}`);
    const put = (field: string, what: string, says: string) =>
      found.set(`kinds/${kind}/${field}`, { what: `${name} · ${what}`, says });
    put("offered", t("offered"), yes(rule !== undefined));
    if (rule === undefined) continue;
    put("km_max", t("km_max"), typeof rule.km_max === "number" ? `${rule.km_max} km` : t("any_distance"));
    put("must_be_open", t("must_be_open"), yes(rule.must_be_open));
    put("within_cut_off", t("within_cut_off"), yes(rule.within_cut_off));
    for (const cost of ["base", "per_km", "per_kg", "per_kg_km"] as const)
      put(cost, t(cost), rate(rule.costs?.[cost] ?? 0, currency));
  }
  const channels = policy.channels ?? {};
  for (const [channel, rule] of Object.entries(channels)) addChannel(found, channel, rule, t);
  found.set("safety_stock", {
    what: t("safety_stock"),
    says: t("units", { count: policy.safety_stock ?? 0 }),
  });
  many(found, "thresholds", policy.thresholds ?? [], (one) => ({
    what: `${t("keep_back")} · ${aboutThreshold(one, t)}`,
    says: t("units", { count: one.units ?? 0 }),
  }));
  found.set("respect_capacity", { what: t("respect_capacity"), says: yes(policy.respect_capacity ?? true) });
  found.set("rejection_cost", {
    what: t("rejection_cost"),
    says: rate(policy.rejection_cost ?? REJECTION_COST, currency),
  });
  found.set("look_ahead_days", {
    what: t("look_ahead"),
    says: t("days", { count: policy.look_ahead_days ?? LOOK_AHEAD_DAYS }),
  });
  found.set("split/allow", { what: t("allow_split"), says: yes(policy.split?.allow_split ?? true) });
  found.set("split/max", { what: t("max_shipments"), says: String(policy.split?.max_shipments ?? 3) });
  found.set("split/line", {
    what: t("line_split"),
    says: t(`line_${policy.split?.line_split ?? "if_needed"}`),
  });
  many(found, "rank", policy.rank ?? [], (one) => ({
    what: `${t("preference")} · ${aboutRank(one, t)}`,
    says: rate(one.cost ?? 0, currency),
  }));
  found.set("on_shortage", { what: t("on_shortage"), says: t(`shortage_${policy.on_shortage ?? "reject"}`) });
  const improve = { ...USUAL_IMPROVE, ...policy.improve };
  found.set("improve/enabled", { what: t("improve_enabled"), says: yes(improve.enabled) });
  if (improve.enabled) {
    const put = (field: string, what: string, says: string) => found.set(`improve/${field}`, { what, says });
    put("every", `${t("sec_improve")} · ${t("improve_every")}`, `${improve.every_minutes} ${t("minutes")}`);
    put("gain", `${t("sec_improve")} · ${t("improve_gain")}`, rate(improve.min_gain, currency));
    put("percent", `${t("sec_improve")} · ${t("improve_percent")}`, `${improve.min_gain_percent} %`);
    put("moves", `${t("sec_improve")} · ${t("improve_moves")}`, String(improve.max_moves));
  }
  for (const code of new Set(policy.excluded_locations ?? []))
    found.set(`excluded/${code}`, { what: `${t("excluded_locations")} · ${code}`, says: t("serves_nobody") });
  return found;
}

function addChannel(found: Map<string, Fact>, channel: string, rule: ChannelRule, t: T): void {
  const put = (field: string, what: string, says: string) =>
    found.set(`channels/${channel}/${field}`, { what: `${channelName(channel, t)} · ${what}`, says });
  put("kinds", t("channel_kinds"), list(rule.kinds?.map(kindName), t("all")));
  put("location_kinds", t("channel_places"), list(rule.location_kinds?.map(placeName), t("all")));
  put("groups", t("channel_groups"), list(rule.groups, t("all")));
  put("excluded_groups", t("channel_excluded"), list(rule.excluded_groups, t("none")));
}

/** Rules in a list have no names: those about the same are the same rule, the second of them with a number. */
function many<R>(found: Map<string, Fact>, at: string, rules: readonly R[], told: (rule: R) => Fact): void {
  const seen = new Map<string, number>();
  for (const rule of rules) {
    const fact = told(rule);
    const count = (seen.get(fact.what) ?? 0) + 1;
    seen.set(fact.what, count);
    found.set(`${at}/${fact.what}/${count}`, count > 1 ? { ...fact, what: `${fact.what} (${count})` } : fact);
  }
}

const list = (names: readonly string[] | undefined, none: string): string =>
  names === undefined || names.length === 0 ? none : [...names].join(", ");

export const kindName = (kind: Kind): string => commonText(`kind_${kind}`);
export const placeName = (kind: "store" | "warehouse" | "partner"): string => commonText(`place_${kind}`);

export function channelName(channel: string, t: T): string {
  if (channel === "*") return t("other_channels");
  return (CHANNELS as readonly string[]).includes(channel)
    ? commonText(`channel_${channel}` as CommonKey)
    : channel;
}

function aboutThreshold(one: Threshold, t: T): string {
  const parts = [
    one.channel === undefined || one.channel === "*" ? t("every_channel") : channelName(one.channel, t),
    one.group === undefined || one.group === "*" ? t("every_location") : one.group,
    [one.sku, one.offer_class].find(Boolean) ?? t("every_offer"),
  ];
  return parts.join(" / ");
}

function aboutRank(one: Rank, t: T): string {
  const group = one.group === undefined || one.group === "*" ? t("every_location") : one.group;
  return one.location_kind ? `${group} / ${placeName(one.location_kind)}` : group;
}

/** Version 0 is what holds for those who never published one. */
export const versionName = (t: T, version: number): string =>
  version === 0 ? t("usual") : t("before", { version });
