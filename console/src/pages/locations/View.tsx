import { useInfiniteQuery } from "@tanstack/react-query";
import { Button, Flex, Input, Select, type TableColumnsType } from "antd";
import { useState } from "react";
import { Link, useNavigate } from "react-router";
import { api, data, type Schemas } from "@/api/client";
import { words } from "@/pages/locations/words";
import { capabilityWords } from "@/pages/map/words";
import { DataTable } from "@/ui/DataTable";
import { DensitySwitch } from "@/ui/DensitySwitch";
import { EmptyState } from "@/ui/EmptyState";
import { Quantity } from "@/ui/Figures";
import { LocationLink } from "@/ui/Links";
import { PageHeader } from "@/ui/PageHeader";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { StateTag } from "@/ui/StateTag";
import { useFilters } from "@/ui/useFilters";
import { useCommon, wordFor } from "@/words/common";
import { useWords } from "@/words/words";

type Location = Schemas["Location"];

const KINDS = ["store", "warehouse", "partner"] as const;
const CAPABILITIES = Object.keys(capabilityWords.en) as (keyof typeof capabilityWords.en)[];
const PAGE = 100;

export default function View() {
  const t = useWords(words);
  const can = useWords(capabilityWords);
  const common = useCommon();
  const navigate = useNavigate();
  const [filters, setFilters] = useFilters(["text", "kind", "capability", "group", "enabled"]);
  const [text, setText] = useState(filters.text ?? "");
  const kind = KINDS.find((one) => one === filters.kind);
  const capability = CAPABILITIES.find((one) => one === filters.capability);
  const enabled = filters.enabled === undefined ? undefined : filters.enabled === "true";
  const query = { kind, capability, enabled, text: filters.text, group: filters.group, limit: PAGE };

  const found = useInfiniteQuery({
    queryKey: ["locations", query],
    queryFn: ({ pageParam }) =>
      data(api.GET("/v1/locations", { params: { query: { ...query, cursor: pageParam } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });

  const columns: TableColumnsType<Location> = [
    {
      title: t("location"),
      key: "code",
      render: (_, { code, name }) => (
        <>
          <LocationLink code={code} name={name} /> <span className="mono muted">{code}</span>
        </>
      ),
    },
    { title: t("kind"), key: "kind", render: (_, { kind }) => wordFor(common, "place", kind) },
    { title: t("address"), dataIndex: "address", ellipsis: true },
    {
      title: t("capability"),
      key: "capabilities",
      render: (_, { capabilities }) => (capabilities ?? []).map((one) => can(one)).join(" · "),
    },
    { title: t("groups"), key: "groups", render: (_, { groups }) => (groups ?? []).join(", ") },
    { title: t("hours"), key: "hours", render: (_, one) => <span className="num">{one.opening_hours}</span> },
    {
      title: t("per_hour"),
      key: "per_hour",
      align: "right",
      render: (_, one) => <Quantity value={one.orders_per_hour} />,
    },
    {
      title: common("state"),
      key: "enabled",
      render: (_, one) => (
        <StateTag
          state={one.enabled ? "confirmed" : "cancelled"}
          text={t(one.enabled ? "in_use" : "disabled")}
        />
      ),
    },
  ];

  const choices = <T extends string>(values: readonly T[], word: (value: T) => string) =>
    values.map((value) => ({ value, label: word(value) }));
  return (
    <>
      <PageHeader
        title={t("title")}
        actions={
          <>
            <Link to="/map">{t("on_map")}</Link>
            <DensitySwitch />
          </>
        }
      />
      <Flex wrap gap={8} style={{ marginBottom: 12 }}>
        <Input.Search
          aria-label={t("find")}
          placeholder={t("find_hint")}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onSearch={(wanted) => setFilters({ text: wanted.trim() })}
          allowClear
          style={{ width: 260 }}
        />
        <Select
          aria-label={t("kind")}
          placeholder={t("kind")}
          allowClear
          value={kind}
          options={choices(KINDS, (one) => wordFor(common, "place", one))}
          onChange={(value?: string) => setFilters({ kind: value })}
          style={{ minWidth: 130 }}
        />
        <Select
          aria-label={t("capability")}
          placeholder={t("capability")}
          allowClear
          value={capability}
          options={choices(CAPABILITIES, (one) => can(one))}
          onChange={(value?: string) => setFilters({ capability: value })}
          style={{ minWidth: 160 }}
        />
        <Input.Search
          key={filters.group}
          aria-label={t("group")}
          placeholder={t("group")}
          defaultValue={filters.group}
          onSearch={(group) => setFilters({ group: group.trim() })}
          allowClear
          style={{ width: 160 }}
        />
        <Select
          aria-label={t("any")}
          placeholder={t("any")}
          allowClear
          value={filters.enabled}
          options={[
            { value: "true", label: t("in_use") },
            { value: "false", label: t("disabled") },
          ]}
          onChange={(value?: string) => setFilters({ enabled: value })}
          style={{ minWidth: 150 }}
        />
      </Flex>
      {found.error !== null && <ProblemAlert error={found.error} onRetry={() => void found.refetch()} />}
      <DataTable<Location>
        label={t("table")}
        rowKey="code"
        loading={found.isPending}
        dataSource={found.data?.pages.flatMap((page) => page.locations) ?? []}
        columns={columns}
        onOpen={({ code }) => void navigate(`/locations/${encodeURIComponent(code)}`)}
        locale={{ emptyText: <EmptyState title={t("nobody")}>{t("nobody_detail")}</EmptyState> }}
      />
      {found.hasNextPage && (
        <Flex justify="center" style={{ marginTop: 12 }}>
          <Button loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
            {common("load_more")}
          </Button>
        </Flex>
      )}
    </>
  );
}
