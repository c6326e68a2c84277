/** Movements: asked for, filtered and shown alike for a record, a location and an offer. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Flex, Select } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import { api, data, type Schemas } from "@/api/client";
import { useCan, useMe } from "@/api/me";
import { isProblem } from "@/api/problem";
import { useLook } from "@/app/look";
import { usePhone } from "@/app/preferences";
import { COUNTERS, type Counter } from "@/pages/stock/counters";
import { bucketPath } from "@/pages/stock/parts";
import { words } from "@/pages/stock/words";
import { DataTable } from "@/ui/DataTable";
import { ClearFilters, TimeRange } from "@/ui/filters";
import { EmptyState } from "@/ui/EmptyState";
import { Quantity, Time } from "@/ui/Figures";
import { OrderLink } from "@/ui/Links";
import { useClear } from "@/ui/useClear";
import { useCommon } from "@/words/common";
import { useWords } from "@/words/words";

type Movement = Schemas["Movement"];
export const REASONS = [
  "received", "counted", "adjusted", "transfer_out", "transfer_in", "held", "released", "expired", "fulfilled", "moved",
  "set_aside", "put_back", "ordered", "cancelled", "rejected", "returned", "written_off", "opened", "expected",
] as const; // prettier-ignore

export const MOVE_FILTERS = ["counter", "reason", "actor", "subject", "from", "to"] as const;
type Name = (typeof MOVE_FILTERS)[number];
type Filters = Partial<Record<Name, string>>;
interface Scope {
  location?: string | undefined;
  offer?: string | undefined;
}

export const counterOf = (filters: Filters): Counter | undefined =>
  COUNTERS.find((one) => one === filters.counter);

/** What to ask the API for, from the address; words of it that we don't know are left out. */
export function queryOf({ location, offer }: Scope, filters: Filters) {
  const { actor, subject, from, to } = filters;
  const counter = counterOf(filters);
  const reason = REASONS.find((one) => one === filters.reason);
  return {
    ...(location === undefined ? {} : { location }),
    ...(offer === undefined ? {} : { offer }),
    ...(counter === undefined ? {} : { counter }),
    ...(reason === undefined ? {} : { reason }),
    ...(actor === undefined ? {} : { actor }),
    ...(subject === undefined ? {} : { subject }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
}

export function useMovements(scope: Scope, filters: Filters, enabled = true) {
  const { reason, ...query } = queryOf(scope, filters);
  return useInfiniteQuery({
    queryKey: ["stock", "movements", query, reason],
    enabled,
    queryFn: ({ pageParam }) =>
      data(
        api.GET("/v1/stock/movements", {
          params: {
            query: {
              ...query,
              ...(reason === undefined ? {} : { reason: [reason] }),
              ...(pageParam === null ? {} : { cursor: pageParam }),
            },
          },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    refetchInterval: 5_000,
    retry: (count, error) => !isProblem(error) && count < 2,
  });
}

const FIELDS = ["/actor", "/subject", "/from", "/to"];
const faultsOf = (error: unknown) =>
  isProblem(error) ? error.fields.filter(({ pointer }) => FIELDS.includes(pointer)) : [];

/** Whether what the API refuses is one of these filters, which then says so itself. */
export const isOfFilters = (error: unknown): boolean => faultsOf(error).length > 0;

const kindOfActor = (actor: string): "by_key" | "by_system" =>
  actor.startsWith("key:") ? "by_key" : "by_system";

export function MoveFilters({
  filters,
  onChange,
  rows,
  error,
}: {
  filters: Filters;
  onChange: (changes: Partial<Record<Name, string | undefined>>) => void;
  rows: readonly Movement[] | undefined;
  error: unknown;
}) {
  const t = useWords(words);
  const common = useCommon();
  const look = useLook();
  const phone = usePhone();
  const width = (desk: number) => (phone ? "calc(50% - 4px)" : desk);
  const faults = faultsOf(error);
  const status = (...names: string[]) =>
    faults.some(({ pointer }) => names.includes(pointer)) ? "error" : undefined;
  const any = MOVE_FILTERS.some((name) => filters[name] !== undefined);
  return (
    <div style={{ marginBottom: 8 }}>
      <Flex wrap gap={8} role="search" aria-label={common("filter")}>
        <Select
          aria-label={t("counter")}
          style={{ width: width(140) }}
          value={counterOf(filters) ?? ""}
          options={[
            { value: "", label: t("any_counter") },
            ...COUNTERS.map((one) => ({ value: one, label: t(one) })),
          ]}
          onChange={(counter) => onChange({ counter })}
        />
        <Select
          aria-label={t("why")}
          style={{ width: width(170) }}
          value={REASONS.find((one) => one === filters.reason) ?? ""}
          options={[
            { value: "", label: t("any_reason") },
            ...REASONS.map((one) => ({ value: one, label: t(`reason_${one}`) })),
          ]}
          onChange={(reason) => onChange({ reason })}
        />
        <ActorSelect
          value={filters.actor}
          rows={rows ?? []}
          width={width(160)}
          status={status("/actor")}
          onChange={(actor) => onChange({ actor })}
        />
        <SubjectSelect
          value={filters.subject}
          width={width(200)}
          status={status("/subject")}
          onChange={(subject) => onChange({ subject })}
        />
        <TimeRange
          label={t("between")}
          from={filters.from}
          to={filters.to}
          width={phone ? "100%" : 270}
          status={status("/from", "/to")}
          onChange={(from, to) => onChange({ from, to })}
        />
        {any && <ClearFilters names={MOVE_FILTERS} onChange={onChange} />}
      </Flex>
      {faults.length > 0 && (
        <div role="alert" style={{ color: look.tone.danger.text, marginTop: 4 }}>
          {faults.map(({ detail }) => detail).join(" ")}
        </div>
      )}
    </div>
  );
}

interface Choice {
  value: string | undefined;
  width: number | string;
  status: "error" | undefined;
  onChange: (value: string | undefined) => void;
}

/** Who did it: whoever is among what is shown, oneself, and, for whoever may see them, all people. */
function ActorSelect({ value, rows, width, status, onChange }: Choice & { rows: readonly Movement[] }) {
  const t = useWords(words);
  const me = useMe();
  const mayList = useCan("people:read");
  const clear = useClear();
  const people = useQuery({
    queryKey: ["people", "actors"],
    enabled: mayList,
    staleTime: 60_000,
    queryFn: () => data(api.GET("/v1/people", { params: { query: { limit: 200 } } })),
  });
  const known = new Map<string, string>();
  if (value !== undefined) known.set(value, value);
  if (me.person !== null) known.set(`person:${me.person.id}`, me.person.name);
  for (const person of people.data?.people ?? []) known.set(`person:${person.id}`, person.name);
  for (const { actor, actor_name } of rows) {
    const label = actor_name ?? `${t(kindOfActor(actor))} ${actor.replace(/^key:/, "")}`;
    known.set(actor, label);
  }
  return (
    <Select
      allowClear={clear}
      aria-label={t("who")}
      placeholder={t("any_actor")}
      showSearch={{ optionFilterProp: "label" }}
      style={{ width }}
      status={status}
      value={value}
      options={[...known].map(([actor, label]) => ({ value: actor, label }))}
      onChange={(chosen: string | undefined) => onChange(chosen)}
    />
  );
}

/** The order, reservation or transfer that it was about, found by its number as in the search. */
function SubjectSelect({ value, width, status, onChange }: Choice) {
  const t = useWords(words);
  const [text, setText] = useState("");
  const clear = useClear();
  const found = useQuery({
    queryKey: ["search", "subject", text],
    enabled: text.trim() !== "",
    queryFn: () => data(api.GET("/v1/search", { params: { query: { q: text.trim(), limit: 10 } } })),
  });
  const options = (found.data?.results ?? [])
    .filter(({ type }) => type === "order" || type === "reservation" || type === "transfer")
    .map(({ type, id, title }) => ({ value: id, label: `${t(`subject_${type as "order"}`)} ${title}` }));
  const known = value === undefined || options.some((one) => one.value === value);
  return (
    <Select
      allowClear={clear}
      aria-label={t("subject")}
      placeholder={t("any_subject")}
      showSearch={{ filterOption: false, onSearch: setText }}
      style={{ width }}
      status={status}
      value={value}
      loading={found.isFetching}
      notFoundContent={text === "" ? t("subject_hint") : undefined}
      options={known ? options : [{ value, label: `…${value.slice(-8)}` }, ...options]}
      onChange={(chosen: string | undefined) => onChange(chosen)}
    />
  );
}

/** Movements, the newest first; `named` tells which record each is of, where they are of several. */
export function MovementTable({
  rows,
  loading,
  counter,
  named,
}: {
  rows: Movement[] | undefined;
  loading: boolean;
  counter: Counter | undefined;
  named?: (row: Movement) => string;
}) {
  const t = useWords(words);
  const common = useCommon();
  const phone = usePhone();
  const shown =
    counter === undefined ? (["on_hand", "reserved", "unavailable", "incoming"] as const) : [counter];
  const who = (row: Movement) => row.actor_name ?? t(kindOfActor(row.actor));
  const record = (row: Movement) =>
    named !== undefined && (
      <Link className="mono" to={bucketPath(row)}>
        {named(row)}
      </Link>
    );
  return (
    <DataTable<Movement>
      label={t("movements")}
      fits
      rowKey="id"
      loading={loading}
      dataSource={rows}
      locale={{ emptyText: <EmptyState title={t("no_movements")} /> }}
      columns={[
        {
          key: "at",
          title: common("time"),
          width: 140,
          hidden: phone,
          render: (_, row) => <Time at={row.at} precision="second" />,
        },
        {
          key: "record",
          title: t("record"),
          hidden: phone || named === undefined,
          render: (_, row) => record(row),
        },
        {
          key: "why",
          title: t("why"),
          render: (_, row) =>
            phone ? (
              <>
                <Why row={row} />
                <div className="muted">
                  <Time at={row.at} precision="second" /> · {who(row)}
                </div>
                {record(row)}
              </>
            ) : (
              <Why row={row} />
            ),
        },
        { key: "who", title: t("who"), hidden: phone, render: (_, row) => who(row) },
        {
          key: "change",
          title: t("change_by"),
          align: "right",
          width: 104,
          hidden: !phone,
          render: (_, row) =>
            shown
              .filter((one) => (row.change[one] ?? 0) !== 0)
              .map((one) => (
                <div key={one}>
                  <span className="muted">{t(one)}</span> <Delta value={row.change[one] ?? 0} />
                </div>
              )),
        },
        ...shown.map((one) => ({
          key: one,
          title: t(one),
          align: "right" as const,
          width: 104,
          hidden: phone,
          render: (_: unknown, row: Movement) => <Delta value={row.change[one] ?? 0} />,
        })),
        {
          key: "after",
          title: phone ? t("after") : t("after_of", { counter: t(counter ?? "available") }),
          align: "right",
          width: phone ? 88 : 150,
          render: (_, row) => (
            <strong>
              <Quantity value={row.after[counter ?? "available"]} />
            </strong>
          ),
        },
      ]}
    />
  );
}

/** The reason, and the order, reservation or transfer that it was for. */
function Why({ row }: { row: Movement }) {
  const t = useWords(words);
  return (
    <>
      {t(`reason_${row.reason}`)} {row.order !== null && <OrderLink id={row.order} />}
      {row.transfer !== null && (
        <Link className="mono" to={`/stock?do=transfers&transfer=${row.transfer}`}>
          …{row.transfer.slice(-8)}
        </Link>
      )}
      {row.reservation !== null && (
        <Link className="mono" to={`/reservations/${row.reservation}`}>
          …{row.reservation.slice(-8)}
        </Link>
      )}
      {row.note !== "" && <span className="muted"> {row.note}</span>}
    </>
  );
}

function Delta({ value }: { value: number }) {
  const look = useLook();
  if (value === 0) return <span className="muted">·</span>;
  const color = value > 0 ? look.tone.success.text : look.tone.danger.text;
  return (
    <span className="num" style={{ color }}>
      {value > 0 ? "+" : "−"}
      <Quantity value={Math.abs(value)} />
    </span>
  );
}
