import { PlusOutlined } from "@ant-design/icons";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Button, Flex, Input, Select } from "antd";
import { api, data, type Schemas } from "@/api/client";
import { usePhone } from "@/app/preferences";
import { useCan, useMe } from "@/api/me";
import { PersonDrawer } from "@/pages/people/PersonDrawer";
import { rolesOf } from "@/pages/people/roles";
import { words } from "@/pages/people/words";
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

type Person = Schemas["Person"];
type Role = Person["role"];

const PAGE = 100;
const SHOWN_STORES = 3;
export const NEW = "new";

export default function People() {
  const t = useWords(words);
  const common = useCommon();
  const phone = usePhone();
  const mayWrite = useCan("people:write");
  const [filters, setFilters] = useFilters(["text", "role", "enabled", "person"]);

  const people = useInfiniteQuery({
    queryKey: ["people", filters.text, filters.role, filters.enabled],
    queryFn: ({ pageParam }) =>
      data(
        api.GET("/v1/people", {
          params: {
            query: {
              limit: PAGE,
              ...(filters.text === undefined ? {} : { text: filters.text }),
              ...(filters.role === undefined ? {} : { role: filters.role as Role }),
              ...(filters.enabled === undefined ? {} : { enabled: filters.enabled === "true" }),
              ...(pageParam === null ? {} : { cursor: pageParam }),
            },
          },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
  });
  const rows = people.data?.pages.flatMap((page) => page.people);
  const filtered = [filters.text, filters.role, filters.enabled].some((value) => value !== undefined);
  const add = mayWrite && (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setFilters({ person: NEW })}>
      {t("add")}
    </Button>
  );

  return (
    <>
      <PageHeader
        title={t("title")}
        note={rows === undefined || people.hasNextPage ? undefined : t("note", { count: rows.length })}
        actions={add}
      >
        <Filters />
      </PageHeader>
      {people.error ? (
        <ProblemAlert error={people.error} onRetry={() => void people.refetch()} />
      ) : (
        <DataTable<Person>
          label={t("nav")}
          fits
          rowKey="id"
          loading={people.isPending}
          dataSource={rows}
          onOpen={mayWrite ? (row) => setFilters({ person: row.id }) : undefined}
          locale={{
            emptyText: (
              <EmptyState title={t(filtered ? "none" : "first")}>
                {t(filtered ? "none_text" : "first_text")}
              </EmptyState>
            ),
          }}
          columns={[
            {
              key: "name",
              title: t("name"),
              width: phone ? "64%" : undefined,
              render: (_, row) => (
                <>
                  {mayWrite ? (
                    <Button
                      type="link"
                      size="small"
                      style={{ padding: 0 }}
                      onClick={() => setFilters({ person: row.id })}
                    >
                      {row.name}
                    </Button>
                  ) : (
                    row.name
                  )}
                  {phone && (
                    <Flex wrap gap="0 8px" className="muted">
                      <span className="mono">{row.login}</span>
                      <span>{wordFor(common, "role", row.role)}</span>
                      <Stores person={row} />
                    </Flex>
                  )}
                </>
              ),
            },
            {
              key: "login",
              title: t("login"),
              hidden: phone,
              render: (_, row) => <span className="mono">{row.login}</span>,
            },
            {
              key: "role",
              title: t("role"),
              hidden: phone,
              render: (_, row) => wordFor(common, "role", row.role),
            },
            { key: "stores", title: t("stores"), hidden: phone, render: (_, row) => <Stores person={row} /> },
            { key: "state", title: t("state"), render: (_, row) => <State person={row} /> },
            {
              key: "signed_in",
              title: t("signed_in"),
              hidden: phone,
              align: "right",
              render: (_, row) =>
                row.signed_in_at === null ? (
                  <span className="muted">{t("never")}</span>
                ) : (
                  <Time at={row.signed_in_at} />
                ),
            },
            {
              key: "added",
              title: t("added"),
              hidden: phone,
              align: "right",
              render: (_, row) => <Time at={row.created_at} precision="date" />,
            },
          ]}
        />
      )}
      {people.hasNextPage && (
        <Flex justify="center" style={{ marginTop: 16 }}>
          <Button loading={people.isFetchingNextPage} onClick={() => void people.fetchNextPage()}>
            {common("load_more")}
          </Button>
        </Flex>
      )}
      {mayWrite && filters.person !== undefined && (
        <PersonDrawer
          key={filters.person}
          id={filters.person === NEW ? null : filters.person}
          onClose={() => setFilters({ person: undefined })}
        />
      )}
    </>
  );
}

function Filters() {
  const t = useWords(words);
  const clear = useClear();
  const common = useCommon();
  const me = useMe();
  const [filters, setFilters] = useFilters(["text", "role", "enabled"]);
  return (
    <Flex wrap gap={8} style={{ marginTop: 12 }} role="search">
      <Input.Search
        allowClear={clear}
        defaultValue={filters.text}
        placeholder={t("find")}
        aria-label={t("find")}
        style={{ width: 240 }}
        onSearch={(text) => setFilters({ text: text.trim() })}
      />
      <Select
        allowClear={clear}
        aria-label={t("role")}
        placeholder={t("any_role")}
        value={filters.role}
        style={{ minWidth: 168 }}
        onChange={(role?: string) => setFilters({ role })}
        options={rolesOf(me.party_kind).map((role) => ({
          value: role,
          label: wordFor(common, "role", role),
        }))}
      />
      <Select
        allowClear={clear}
        aria-label={t("state")}
        placeholder={t("any_state")}
        value={filters.enabled}
        style={{ minWidth: 144 }}
        onChange={(enabled?: string) => setFilters({ enabled })}
        options={[
          { value: "true", label: t("enabled") },
          { value: "false", label: t("disabled") },
        ]}
      />
    </Flex>
  );
}

function Stores({ person }: { person: Person }) {
  const t = useWords(words);
  if (person.locations.length === 0) return <span className="muted">{t("all_stores")}</span>;
  const more = person.locations.length - SHOWN_STORES;
  return (
    <Flex wrap gap="0 8px">
      {person.locations.slice(0, SHOWN_STORES).map((code) => (
        <LocationLink key={code} code={code} />
      ))}
      {more > 0 && (
        <span className="muted num" title={person.locations.slice(SHOWN_STORES).join(", ")}>
          +{more}
        </span>
      )}
    </Flex>
  );
}

function State({ person }: { person: Person }) {
  const t = useWords(words);
  if (!person.enabled) return <StateTag state="disabled" tone="neutral" text={t("disabled")} />;
  if (!person.has_password) return <StateTag state="no_password" tone="warning" text={t("no_password")} />;
  return <StateTag state="enabled" tone="success" text={t("enabled")} />;
}
