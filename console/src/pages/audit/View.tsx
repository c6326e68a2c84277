import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Button, DatePicker, Descriptions, Flex, Input, Select } from "antd";
import dayjs from "dayjs";
import { useDeferredValue, useState } from "react";
import { Link } from "react-router";
import { useReasonText } from "@/api/choices";
import { api, data, type Schemas } from "@/api/client";
import { useCan } from "@/api/me";
import { useLook } from "@/app/look";
import { usePhone } from "@/app/preferences";
import { deedOf, personIn, told } from "@/pages/audit/deed";
import { words } from "@/pages/audit/words";
import { DataTable } from "@/ui/DataTable";
import { EmptyState } from "@/ui/EmptyState";
import { Time } from "@/ui/Figures";
import { LocationLink } from "@/ui/Links";
import { PageHeader } from "@/ui/PageHeader";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { StateTag } from "@/ui/StateTag";
import { useClear } from "@/ui/useClear";
import { useFilters } from "@/ui/useFilters";
import { useCommon, wordFor } from "@/words/common";
import { useWords } from "@/words/words";

type Entry = Schemas["AuditEntry"];

const PAGE = 100;
const FILTERS = ["person", "text", "refused", "from", "to"] as const;

export default function Audit() {
  const t = useWords(words);
  const common = useCommon();
  const phone = usePhone();
  const [filters] = useFilters(FILTERS);
  const entries = useInfiniteQuery({
    queryKey: ["audit", filters],
    queryFn: ({ pageParam }) =>
      data(
        api.GET("/v1/audit", {
          params: {
            query: {
              limit: PAGE,
              ...(filters.person === undefined ? {} : { person: filters.person }),
              ...(filters.text === undefined ? {} : { text: filters.text }),
              ...(filters.refused === undefined ? {} : { refused: filters.refused === "true" }),
              ...(filters.from === undefined
                ? {}
                : { from: dayjs(filters.from).startOf("day").toISOString() }),
              ...(filters.to === undefined
                ? {}
                : { to: dayjs(filters.to).add(1, "day").startOf("day").toISOString() }),
              ...(pageParam === null ? {} : { cursor: pageParam }),
            },
          },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
  });
  return (
    <>
      <PageHeader title={t("title")} note={t("note")}>
        <Filters name={entries.data?.pages[0]?.audit[0]?.person?.name} />
      </PageHeader>
      {entries.error ? (
        <ProblemAlert error={entries.error} onRetry={() => void entries.refetch()} />
      ) : (
        <DataTable<Entry>
          label={t("nav")}
          rowKey="id"
          loading={entries.isPending}
          dataSource={entries.data?.pages.flatMap((page) => page.audit)}
          expandable={{ expandedRowRender: (row) => <Details entry={row} />, expandRowByClick: true }}
          locale={{
            emptyText: (
              <EmptyState title={t("none")}>
                {t("none_text")} {t("by_key")}
              </EmptyState>
            ),
          }}
          columns={[
            {
              key: "at",
              title: t("when"),
              width: phone ? 96 : 132,
              render: (_, row) => <Time at={row.at} precision={phone ? "minute" : "second"} />,
            },
            { key: "who", title: t("who"), width: phone ? 88 : 180, render: (_, row) => <Who entry={row} /> },
            { key: "what", title: t("what"), render: (_, row) => <What entry={row} /> },
            {
              key: "where",
              title: t("where"),
              responsive: ["md"],
              width: 120,
              render: (_, row) => <Where entry={row} />,
            },
            { key: "result", title: t("result"), width: 120, render: (_, row) => <Result entry={row} /> },
          ]}
        />
      )}
      {entries.hasNextPage && (
        <Flex justify="center" style={{ marginTop: 16 }}>
          <Button loading={entries.isFetchingNextPage} onClick={() => void entries.fetchNextPage()}>
            {common("load_more")}
          </Button>
        </Flex>
      )}
    </>
  );
}

/** `name`: of whose rows are shown, where there are any. */
function Filters({ name }: { name: string | undefined }) {
  const t = useWords(words);
  const clear = useClear();
  const [filters, setFilters] = useFilters(FILTERS);
  const day = (value: string | undefined) => (value === undefined ? null : dayjs(value));
  return (
    <Flex wrap gap={8} style={{ marginTop: 12 }} role="search">
      <WhoSelect value={filters.person} name={name} onChange={(person) => setFilters({ person })} />
      <DatePicker.RangePicker
        allowEmpty
        aria-label={t("when")}
        placeholder={[t("from"), t("to")]}
        value={[day(filters.from), day(filters.to)]}
        onChange={(days) =>
          setFilters({ from: days?.[0]?.format("YYYY-MM-DD"), to: days?.[1]?.format("YYYY-MM-DD") })
        }
      />
      <Select
        allowClear={clear}
        aria-label={t("result")}
        placeholder={t("every_result")}
        value={filters.refused}
        style={{ minWidth: 152 }}
        onChange={(refused?: string) => setFilters({ refused })}
        options={[
          { value: "false", label: t("done") },
          { value: "true", label: t("refused") },
        ]}
      />
      <Input.Search
        allowClear={clear}
        defaultValue={filters.text}
        placeholder={t("find")}
        aria-label={t("find")}
        style={{ width: 264 }}
        onSearch={(text) => setFilters({ text: text.trim() })}
      />
    </Flex>
  );
}

/** Somebody's name by id; undefined until it is known, and where it may not be read. */
function usePersonName(id: string | null | undefined): string | undefined {
  const mayRead = useCan("people:read");
  const found = useQuery({
    queryKey: ["people", "name", id],
    enabled: mayRead && id != null,
    staleTime: 60_000,
    queryFn: () => data(api.GET("/v1/people/{person_id}", { params: { path: { person_id: id ?? "" } } })),
  });
  return found.data?.name;
}

function WhoSelect({
  value,
  name,
  onChange,
}: {
  value?: string;
  name: string | undefined;
  onChange: (person?: string) => void;
}) {
  const t = useWords(words);
  const clear = useClear();
  const [text, setText] = useState("");
  const wanted = useDeferredValue(text.trim());
  const asked = usePersonName(name === undefined ? value : null);
  const mayRead = useCan("people:read");
  const found = useQuery({
    queryKey: ["people", "find", wanted],
    enabled: mayRead,
    placeholderData: keepPreviousData,
    queryFn: () =>
      data(
        api.GET("/v1/people", {
          params: { query: { limit: 50, ...(wanted === "" ? {} : { text: wanted }) } },
        }),
      ),
  });
  return (
    <Select
      allowClear={clear}
      aria-label={t("who")}
      placeholder={t("anybody")}
      value={value}
      style={{ minWidth: 200 }}
      showSearch={{ filterOption: false, onSearch: setText }}
      onChange={onChange}
      options={found.data?.people.map(({ id, name, login }) => ({ value: id, label: `${name} · ${login}` }))}
      labelRender={({ label, value: id }) =>
        label ?? name ?? asked ?? <span className="mono">…{String(id).slice(-8)}</span>
      }
    />
  );
}

function Who({ entry }: { entry: Entry }) {
  const t = useWords(words);
  if (entry.person === null)
    return (
      <span className="muted">{t(entry.route === "command_line" ? "on_command_line" : "nobody_known")}</span>
    );
  return (
    <Flex wrap gap="0 8px" align="baseline">
      <Link to={`/audit?person=${entry.person.id}`} title={entry.person.login}>
        {entry.person.name}
      </Link>
      {entry.person.platform && <StateTag state="platform" tone="info" text={t("platform")} />}
    </Flex>
  );
}

function What({ entry }: { entry: Entry }) {
  const t = useWords(words);
  const { key, subject, to } = deedOf(entry);
  const name = usePersonName(personIn(entry));
  const [before, after] = told(t(key), entry.status >= 400, t("tried"));
  return (
    <>
      {before}{" "}
      {subject !== null &&
        (to === null ? (
          <span className="mono">{subject}</span>
        ) : name === undefined ? (
          <Subject to={to} text={subject} />
        ) : (
          <Link to={to}>{name}</Link>
        ))}{" "}
      {after}
      <Noted entry={entry} />
    </>
  );
}

const Subject = ({ to, text }: { to: string; text: string }) => (
  <Link className="mono" to={to}>
    {text}
  </Link>
);

/** What a route told beside its path: a reason, a role before and after, how many. */
function Noted({ entry }: { entry: Entry }) {
  const common = useCommon();
  const reasonText = useReasonText();
  const look = useLook();
  const { reason, role, items, location, brand } = (entry.details ?? {}) as Record<string, unknown>;
  const said: string[] = [];
  if (typeof reason === "string") said.push(reasonText(reason));
  if (Array.isArray(role)) said.push(role.map((one) => wordFor(common, "role", String(one))).join(" → "));
  else if (typeof role === "string") said.push(wordFor(common, "role", role));
  if (typeof items === "number") said.push(String(items));
  if (entry.route === "/v1/me/location" && typeof location === "string") said.push(location);
  if (entry.route === "/v1/me/brand" && typeof brand === "string") said.push(brand);
  if (said.length === 0) return null;
  return <span style={{ color: look.muted }}> · {said.join(", ")}</span>;
}

function Where({ entry }: { entry: Entry }) {
  const about = entry.details?.location;
  const code = entry.location ?? (typeof about === "string" ? about : null);
  return code === null ? <span className="muted">–</span> : <LocationLink code={code} />;
}

function Result({ entry }: { entry: Entry }) {
  const t = useWords(words);
  return entry.status < 400 ? (
    <StateTag state="done" tone="success" text={t("done")} />
  ) : (
    <StateTag state="refused" tone="danger" text={`${t("refused")} ${entry.status}`} />
  );
}

function Details({ entry }: { entry: Entry }) {
  const t = useWords(words);
  const facts: [string, string | null][] = [
    [t("path"), entry.method === "" ? entry.route : `${entry.method} ${entry.path}`],
    [t("told"), entry.details === null ? null : JSON.stringify(entry.details)],
    [t("request_key"), entry.request_key],
    [t("session"), entry.session],
    [t("address"), entry.address],
  ];
  return (
    <Descriptions
      size="small"
      column={1}
      items={facts
        .filter(([, value]) => value !== null)
        .map(([label, value]) => ({
          key: label,
          label,
          children: (
            <span className="mono" style={{ overflowWrap: "anywhere" }}>
              {value}
            </span>
          ),
        }))}
    />
  );
}
