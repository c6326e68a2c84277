import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Card, Flex, Progress, Select, Skeleton } from "antd";
import { useMe } from "@/api/me";
import { useDraft } from "@/pages/policy/draft";
import { presentQuery, versionsQuery } from "@/pages/policy/model";
import { Ask } from "@/pages/what-if/Ask";
import { begin, callOff, listQuery, oneQuery, resultQuery, type Simulation } from "@/pages/what-if/model";
import { Result } from "@/pages/what-if/Result";
import { words } from "@/pages/what-if/words";
import { EmptyState } from "@/ui/EmptyState";
import { moment } from "@/ui/format";
import { PageHeader } from "@/ui/PageHeader";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { useFilters } from "@/ui/useFilters";
import { useWords } from "@/words/words";

export default function WhatIfPage() {
  const t = useWords(words);
  const me = useMe();
  const client = useQueryClient();
  const [filters, setFilters] = useFilters(["id", "from", "to"]);
  const [draft] = useDraft(me.party);
  const present = useQuery(presentQuery);
  const versions = useQuery(versionsQuery);
  const list = useQuery(listQuery);
  const shown = filters.id ?? list.data?.simulations[0]?.id;
  const start = useMutation({
    mutationFn: begin,
    onSuccess: (begun) => {
      setFilters({ id: begun.id });
      void client.invalidateQueries({ queryKey: ["simulations"] });
    },
  });
  const error = present.error ?? versions.error ?? list.error;
  return (
    <>
      <PageHeader title={t("title")} note={t("intro")} />
      {error ? (
        <ProblemAlert error={error} onRetry={() => void list.refetch()} />
      ) : present.data === undefined || versions.data === undefined || list.data === undefined ? (
        <Skeleton active paragraph={{ rows: 8 }} />
      ) : (
        <Flex vertical gap={16}>
          <Ask
            draft={draft}
            versions={versions.data.policies}
            from={filters.from}
            to={filters.to}
            busy={start.isPending}
            error={start.error}
            onRun={(wanted) => start.mutate(wanted)}
          />
          {list.data.simulations.length > 1 && (
            <Earlier list={list.data.simulations} shown={shown} onChoose={(id) => setFilters({ id })} />
          )}
          {shown === undefined ? (
            <EmptyState title={t("none")}>
              <p>{t("none_help")}</p>
            </EmptyState>
          ) : (
            <One key={shown} id={shown} />
          )}
        </Flex>
      )}
    </>
  );
}

function Earlier({
  list,
  shown,
  onChoose,
}: {
  list: readonly Simulation[];
  shown?: string;
  onChoose: (id: string) => void;
}) {
  const t = useWords(words);
  return (
    <Select
      aria-label={t("earlier")}
      value={shown}
      onChange={onChoose}
      style={{ width: "100%", maxWidth: 560 }}
      options={list.map((one) => ({
        value: one.id,
        label: `${moment(one.created_at, "minute")}: ${one.policies.join(" / ")}, ${
          one.generate > 0
            ? t("generated", { count: one.generate, seed: one.seed })
            : t("orders_of", { from: one.from ?? "", to: one.to ?? "" })
        }`,
      }))}
    />
  );
}

/** A simulation while it runs, and what it found. */
function One({ id }: { id: string }) {
  const t = useWords(words);
  const client = useQueryClient();
  const asked = useQuery(oneQuery(id));
  const done = asked.data?.state === "done";
  const found = useQuery({ ...resultQuery(id), enabled: done });
  const cancel = useMutation({
    mutationFn: () => callOff(id),
    onSuccess: () => void client.invalidateQueries({ queryKey: ["simulations"] }),
  });
  const error = asked.error ?? found.error ?? cancel.error;
  if (error) return <ProblemAlert error={error} onRetry={() => void asked.refetch()} />;
  if (asked.data === undefined) return <Skeleton active paragraph={{ rows: 8 }} />;
  const { state, phase, share, detail } = asked.data;
  if (state === "running")
    return (
      <Card size="small">
        <Flex gap={16} align="center" wrap>
          <div style={{ flex: "1 1 240px" }}>
            <div role="status">{t("running", { phase: t(PHASES[phase] ?? "phase_reading") })}</div>
            <Progress
              aria-label={t("nav")}
              percent={Math.round(share * 100)}
              status="active"
              strokeLinecap="butt"
            />
          </div>
          <Button onClick={() => cancel.mutate()} loading={cancel.isPending}>
            {t("cancel")}
          </Button>
        </Flex>
      </Card>
    );
  if (state === "cancelled") return <Alert type="info" showIcon title={t("cancelled")} />;
  if (state === "failed") return <Alert type="error" showIcon title={t("failed")} description={detail} />;
  if (found.data === undefined) return <Skeleton active paragraph={{ rows: 12 }} />;
  return <Result found={found.data} />;
}

const PHASES: Record<string, "phase_reading" | "phase_deciding" | "phase_promising" | "phase_measuring"> = {
  reading: "phase_reading",
  deciding: "phase_deciding",
  promising: "phase_promising",
  measuring: "phase_measuring",
};
