/** How entries become requests, and answers outcomes. */
import { csrfToken } from "@/api/client";
import { fetchMe } from "@/api/me";
import { ApiProblem, isProblem, problemOf } from "@/api/problem";
import { language } from "@/app/preferences";
import type { Entry, Refusal, ReturnLine } from "@/pages/store/queue/entries";
import type { Line, Outcome } from "@/pages/store/queue/sender";
import { isDone, type Task } from "@/pages/store/task";
import { words } from "@/pages/store/words";
import { textOf } from "@/words/words";

/** The person of a session; a development key has none, but its steps are its own. */
export const personOf = (me: { person: { id: string } | null; party: string }): string =>
  me.person?.id ?? `party:${me.party}`;

interface Request {
  path: string;
  body: unknown;
  key: string;
  /** An announced return may have been accepted by somebody else: then it is received all the same. */
  passOver?: boolean;
}

const work = (task: string): string => `/v1/fulfilment-orders/${encodeURIComponent(task)}`;
const received = (lines: readonly ReturnLine[]) =>
  lines.map(({ line, restocked, written_off }) => ({ line, restocked, written_off }));

export function requestsOf({ action, key }: Pick<Entry, "action" | "key">): Request[] {
  switch (action.kind) {
    case "step":
      return [{ path: `${work(action.task)}/${action.step.name}`, body: action.step.body, key }];
    case "return": {
      const { order, location, lines } = action;
      return [{ path: "/v1/returns/at-counter", body: { order, location, lines }, key }];
    }
    case "receive": {
      const path = `/v1/returns/${action.order}/${action.number}`;
      const receive = { path: `${path}/receive`, body: { lines: received(action.lines) }, key: `${key}-2` };
      return action.accept
        ? [{ path: `${path}/accept`, body: {}, key: `${key}-1`, passOver: true }, receive]
        : [receive];
    }
  }
}

async function post({ path, body, key }: Request): Promise<unknown> {
  const headers: Record<string, string> = {
    "Content-Type": "application/json",
    "Accept-Language": language() === "zh" ? "zh-CN" : "en",
    "Idempotency-Key": key,
  };
  const token = csrfToken();
  if (token !== undefined) headers["X-CSRF-Token"] = token;
  const answer = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
  if (!answer.ok) throw await problemOf(answer);
  return answer.json();
}

async function look(task: string): Promise<Task | null> {
  const answer = await fetch(work(task), {
    headers: { "Accept-Language": language() === "zh" ? "zh-CN" : "en" },
  });
  return answer.ok ? ((await answer.json()) as Task) : null;
}

export function lineTo(historyOf: (entry: Entry) => number): Line {
  return {
    async who() {
      try {
        const me = await fetchMe();
        return { person: personOf(me), location: me.location };
      } catch (error) {
        return isProblem(error) && error.status === 401 ? "signed_out" : "unreachable";
      }
    },
    historyOf: (entry) => Promise.resolve(historyOf(entry)),
    async send(entry, again) {
      try {
        if (again) {
          const settled = await settledBefore(entry);
          if (settled !== null) return settled;
        }
        return { is: "done", task: taskOf(await all(entry)) };
      } catch (error) {
        return await outcomeOf(error, entry);
      }
    },
  };
}

async function all(entry: Entry): Promise<unknown> {
  let answer: unknown;
  for (const request of requestsOf(entry)) {
    try {
      answer = await post(request);
    } catch (error) {
      if (!(request.passOver === true && isProblem(error, "wrong_state"))) throw error;
    }
  }
  return answer;
}

const taskOf = (answer: unknown): Task | null =>
  (answer as { fulfilment_order?: Task }).fulfilment_order ?? null;

/** The server forgets keys after a day: what it did of an older entry, its history tells. Of a return it does not. */
async function settledBefore(entry: Entry): Promise<Outcome | null> {
  if (entry.action.kind !== "step") return { is: "refused", refusal: unsure(), task: null };
  const task = await look(entry.action.task);
  const done =
    task !== null && isDone(task, { step: entry.action.step, seen: entry.seen, actor: entry.actor });
  return done ? { is: "done", task } : null;
}

const unsure = (): Refusal => ({
  status: 0,
  code: "unsure",
  title: textOf(words, "unsure_title"),
  detail: textOf(words, "unsure_detail"),
  fields: [],
});

async function outcomeOf(error: unknown, entry: Entry): Promise<Outcome> {
  if (!(error instanceof ApiProblem)) return { is: "unreachable" };
  const { status, code, title, detail, fields } = error;
  if (status === 401) return { is: "signed_out" };
  // another session began in another tab: the next try asks first who is signed in
  if (code === "csrf") return { is: "busy" };
  if (status >= 500 || status === 429 || status === 408) return { is: "busy" };
  const task = entry.action.kind === "step" ? await look(entry.action.task).catch(() => null) : null;
  return { is: "refused", refusal: { status, code, title, detail, fields }, task };
}
