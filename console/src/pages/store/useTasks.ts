/** A store's open tasks: from the server, else as they were last seen; with what waits to be sent on top. */
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { api, data } from "@/api/client";
import { useMe, type Me } from "@/api/me";
import { isProblem } from "@/api/problem";
import { language, usePreferences } from "@/app/preferences";
import { queryClient } from "@/app/queries";
import { floor, refresh, useFloor } from "@/pages/store/floor";
import { isWaiting, type Entry } from "@/pages/store/queue/entries";
import type { Choices, Kept } from "@/pages/store/queue/store";
import { personOf } from "@/pages/store/queue/wire";
import { byPromise, groupOf, newer, project, type Article, type Group, type Task } from "@/pages/store/task";
import { useStream } from "@/ui/useStream";

const PAGE = 200;
/** More than a store does in a day; what is beyond follows as these are done. */
export const MOST = 1_000;

export interface Seen extends Kept {
  /** Whether the server told it now; else it is what was kept. */
  live: boolean;
  more: boolean;
}

const recordOf = (me: Me, location: string): string => `${personOf(me)}/${location}`;

/** They change a few times a year, the list a few times a minute. */
const choicesOf = (): Promise<Choices> =>
  queryClient.fetchQuery({
    queryKey: ["store-choices", language()],
    queryFn: () => data(api.GET("/v1/fulfilment-orders/choices")),
    staleTime: 10 * 60_000,
    networkMode: "always",
    retry: false,
  });

async function fromServer(me: Me, location: string): Promise<Seen> {
  const tasks: Task[] = [];
  const offers = new Map<string, Article>();
  let cursor: string | undefined;
  do {
    const query = {
      location,
      state: "open,in_progress,on_hold",
      limit: PAGE,
      include: "offers" as const,
      cursor,
    };
    const page = await data(api.GET("/v1/fulfilment-orders", { params: { query } }));
    tasks.push(...page.fulfilment_orders);
    for (const offer of page.offers ?? []) offers.set(offer.sku, offer);
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined && tasks.length < MOST);
  const choices = await choicesOf();
  const kept: Kept = {
    id: recordOf(me, location),
    person: personOf(me),
    at: Date.now(),
    tasks,
    offers: [...offers.values()],
    choices,
  };
  await (await floor.open()).keep(kept);
  return { ...kept, live: true, more: cursor !== undefined };
}

async function read(me: Me, location: string): Promise<Seen> {
  const store = await floor.open();
  await store.forget(personOf(me));
  try {
    const seen = await fromServer(me, location);
    floor.listed(seen.tasks);
    floor.reach(true);
    return seen;
  } catch (error) {
    if (isProblem(error) && error.status === 401) await store.forget();
    if (!isProblem(error) || error.status !== 0) throw error;
    floor.reach(false);
    const kept = await store.kept(recordOf(me, location));
    if (kept === undefined) throw error;
    floor.listed(kept.tasks);
    return { ...kept, live: false, more: false };
  }
}

export interface Shown {
  task: Task;
  group: Group | null;
  /** Steps of it that wait. */
  waiting: Entry[];
}

export const waitingOf = (entries: readonly Entry[], task: string): Entry[] =>
  entries.filter((entry) => isWaiting(entry) && entry.action.kind === "step" && entry.action.task === task);

/** A task with its waiting steps taken. */
export function shown(task: Task, entries: readonly Entry[]): Shown {
  const waiting = waitingOf(entries, task.id);
  const steps = waiting.flatMap(({ action, seen, actor }) =>
    action.kind === "step" ? [{ step: action.step, seen, actor }] : [],
  );
  const after = project(task, steps).task;
  return { task: after, group: groupOf(after), waiting };
}

const LIVE = [
  "work.changed",
  "order.placed",
  "order.cancelled",
  "fulfilment.accepted",
  "fulfilment.rejected",
  "fulfilment.lines_rejected",
  "fulfilment.picked",
  "fulfilment.packed",
  "fulfilment.shipped",
  "fulfilment.ready",
  "fulfilment.handed_over",
  "fulfilment.held",
  "fulfilment.resumed",
];

export function useTasks(location: string) {
  const me = useMe();
  const { language: tongue } = usePreferences();
  const snapshot = useFloor();
  const query = useQuery({
    queryKey: ["store", "tasks", personOf(me), location, tongue],
    queryFn: () => read(me, location),
    networkMode: "always",
    retry: false,
    staleTime: 2_000,
    refetchInterval: 45_000,
    refetchOnReconnect: "always",
  });
  const bound = me.location !== null;
  useStream(
    LIVE,
    (events) => {
      // a store's session hears of its own store only; head office looks at the fact's location
      const here = (at: unknown) => bound || (at as { location?: string } | null)?.location === location;
      if (events.some((event) => here(event.data) || event.name === "order.placed")) refresh();
    },
    refresh,
    snapshot.online,
  );

  const seen = query.data;
  const tasks = useMemo<Shown[]>(() => {
    if (seen === undefined) return [];
    const listed = new Map(seen.tasks.map((task) => [task.id, task]));
    return [...listed.values()]
      .map((task) => {
        const known = snapshot.tasks.get(task.id);
        return shown(known === undefined ? task : newer(task, known), snapshot.entries);
      })
      .filter(({ group }) => group !== null)
      .sort((a, b) => byPromise(a.task, b.task));
  }, [seen, snapshot.tasks, snapshot.entries]);
  const offers = useMemo(() => new Map((seen?.offers ?? []).map((offer) => [offer.sku, offer])), [seen]);

  return { query, seen, tasks, offers, snapshot };
}
