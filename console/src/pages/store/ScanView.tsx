import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useNavigate } from "react-router";
import { api, data } from "@/api/client";
import { isProblem } from "@/api/problem";
import { Note, orderName } from "@/pages/store/parts";
import { isArticle, readCode, readTask } from "@/pages/store/scan/codes";
import { Scanner } from "@/pages/store/scan/Scanner";
import { signal } from "@/pages/store/signal";
import type { Article } from "@/pages/store/task";
import { Goods } from "@/pages/store/TaskView";
import { useTasks } from "@/pages/store/useTasks";
import { words } from "@/pages/store/words";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { useWords } from "@/words/words";

export const scan = (code: string) => data(api.GET("/v1/scan", { params: { query: { code } } }));

/** What a code is, and where to go with it. */
export function ScanView({ store }: { store: string }) {
  const t = useWords(words);
  const navigate = useNavigate();
  const { tasks, offers, snapshot } = useTasks(store);
  const [code, setCode] = useState<string | null>(null);
  const look = useMutation({ mutationFn: scan, networkMode: "always" });

  const open = (task: string, pickUpCode: string | null) => {
    signal("good");
    void navigate(`/store/task/${task}`, { state: pickUpCode === null ? null : { code: pickUpCode } });
  };

  const onCode = (text: string) => {
    setCode(text);
    const named = readTask(text);
    if (named !== null && tasks.some(({ task }) => task.id === named.task))
      return open(named.task, named.code);
    if (!snapshot.online) return signal(local(text) === undefined ? "wrong" : "good");
    look.mutate(text, {
      onSuccess: ({ matches }) => {
        const work = matches.filter(({ kind }) => kind === "fulfilment_order" || kind === "serial");
        const only = work.length === 1 && matches.length === 1 ? work[0] : undefined;
        if (only?.fulfilment_order !== undefined)
          return open(only.fulfilment_order, only.pick_up_code ?? null);
        signal(matches.length === 0 ? "wrong" : "good");
      },
      onError: () => signal("wrong"),
    });
  };
  const local = (text: string): Article | undefined =>
    [...offers.values()].find((article) => isArticle(readCode(text), article));

  const found = look.data?.matches ?? [];
  const nearby = code === null ? undefined : local(code);
  const goods = found.flatMap(({ offer }) => (offer === undefined ? [] : [offer]));
  const articles = goods.length > 0 ? goods : snapshot.online || nearby === undefined ? [] : [nearby];
  const nothing =
    code !== null && !look.isPending && !look.isError && found.length === 0 && articles.length === 0;

  return (
    <>
      <h1>{t("scan_title")}</h1>
      <p className="muted">{t("scan_note")}</p>
      <Scanner onCode={onCode} busy={look.isPending} />
      {nothing && (
        <Note tone="danger" loud role="alert">
          {t("scan_unknown", { code })}
          {!snapshot.online && <div style={{ fontSize: 16, fontWeight: 400 }}>{t("scan_offline")}</div>}
        </Note>
      )}
      {look.isError && (isProblem(look.error) || look.error instanceof Error) && (
        <ProblemAlert error={look.error} />
      )}
      <ul className="st-list">
        {found
          .filter(({ kind }) => kind === "fulfilment_order" || kind === "serial")
          .map((match) => (
            <li key={match.fulfilment_order}>
              <Link
                className="st-choice"
                to={`/store/task/${match.fulfilment_order}`}
                state={match.pick_up_code == null ? null : { code: match.pick_up_code }}
              >
                {t("scan_open_task")} <small className="mono">{match.fulfilment_order}</small>
              </Link>
            </li>
          ))}
        {found
          .filter(({ kind }) => kind === "order")
          .map((match) => (
            <li key={match.order}>
              <Link className="st-choice" to={`/store/return?code=${match.order}`}>
                {t("scan_take_return")} <small>{match.channel_order_id}</small>
              </Link>
            </li>
          ))}
        {articles.map((article) => {
          const wanting = tasks.filter(({ task }) => task.lines.some((line) => line.offer === article.sku));
          return (
            <li key={article.sku} className="st-card">
              <div className="st-line">
                <Goods article={article} sku={article.sku} />
                <div>
                  <span className="st-label">
                    {wanting.length > 0 ? t("scan_offer_tasks") : t("scan_offer_none")}
                  </span>
                  {wanting.map(({ task }) => (
                    <Link key={task.id} className="st-choice" to={`/store/task/${task.id}`}>
                      {orderName(task)}
                    </Link>
                  ))}
                </div>
              </div>
            </li>
          );
        })}
      </ul>
    </>
  );
}
