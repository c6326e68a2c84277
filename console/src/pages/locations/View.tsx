import { useInfiniteQuery } from "@tanstack/react-query";
import { Button, Flex, Input, Select, type TableColumnsType } from "antd";
import { useState } from "react";
import { Link, useNavigate } from "react-router";
import { api, data, type Schemas } from "@/api/client";
import { useCan } from "@/api/me";
import { usePreferences } from "@/app/preferences";
import "@/pages/map/map.css";
import { usePhone } from "@/app/preferences";
import { words } from "@/pages/locations/words";
import { Figures } from "@/pages/map/Card";
import { boundsOf } from "@/pages/map/network";
import { useNetwork } from "@/pages/map/useNetwork";
import { AREA, areaQuery } from "@/ui/area";
import { AreaTags } from "@/ui/AreaTags";
import { DataTable } from "@/ui/DataTable";
import { DensitySwitch } from "@/ui/DensitySwitch";
import { EmptyState } from "@/ui/EmptyState";
import { ExportButton } from "@/ui/ExportButton";
import { quantity } from "@/ui/format";
import { LocationLink } from "@/ui/Links";
import { PageHeader } from "@/ui/PageHeader";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { SavedViews } from "@/ui/SavedViews";
import { StateTag } from "@/ui/StateTag";
import { useClear } from "@/ui/useClear";
import { useFilters } from "@/ui/useFilters";
import { capabilityWords } from "@/words/capabilities";
import { useCommon, wordFor } from "@/words/common";
import { useWords } from "@/words/words";

type Location = Schemas["Location"];

const KINDS = ["store", "warehouse", "partner"] as const;
const CAPABILITIES = Object.keys(capabilityWords.en) as (keyof typeof capabilityWords.en)[];
const PAGE = 100;
const NAMES = ["text", "kind", "enabled", ...AREA] as const;

export default function View() {
  const t = useWords(words);
  const clear = useClear();
  const can = useWords(capabilityWords);
  const common = useCommon();
  const navigate = useNavigate();
  const phone = usePhone();
  const { language } = usePreferences();
  const [filters, setFilters] = useFilters(NAMES);
  const [text, setText] = useState(filters.text ?? "");
  const kind = KINDS.find((one) => one === filters.kind);
  const capability = CAPABILITIES.find((one) => one === filters.capability);
  const enabled = filters.enabled === undefined ? undefined : filters.enabled === "true";
  const places = areaQuery(filters);
  const query = { ...places, kind, enabled, text: filters.text };
  const mayLoad = useCan("fulfilment:read");
  const live = useNetwork({ ...places, kind }, mayLoad);
  // what the map knows of them: all of the list, unless it is narrowed by what the map does not know
  const exact = filters.text === undefined && enabled === undefined;
  const sums = exact ? live.network?.total(boundsOf(filters.within)) : undefined;

  const found = useInfiniteQuery({
    queryKey: ["locations", query],
    queryFn: ({ pageParam }) =>
      data(api.GET("/v1/locations", { params: { query: { ...query, limit: PAGE, cursor: pageParam } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });

  const columns: TableColumnsType<Location> = [
    {
      title: t("location"),
      key: "code",
      width: phone ? "66%" : undefined,
      render: (_, { code, name, kind, enabled, opening_hours: hours }) => (
        <>
          <LocationLink code={code} name={name} /> <span className="mono muted">{code}</span>
          {phone && (
            <Flex wrap gap="0 8px" className="muted">
              <span>{wordFor(common, "place", kind)}</span>
              <span className="num">{hours}</span>
              {!enabled && <StateTag state="cancelled" text={t("disabled")} />}
            </Flex>
          )}
        </>
      ),
    },
    {
      title: t("kind"),
      key: "kind",
      width: 90,
      hidden: phone,
      render: (_, { kind }) => wordFor(common, "place", kind),
    },
    { title: t("address"), dataIndex: "address", ellipsis: true, hidden: phone },
    {
      title: t("capability"),
      key: "capabilities",
      width: "22%",
      hidden: phone,
      render: (_, { capabilities }) => (capabilities ?? []).map((one) => can(one)).join(" · "),
    },
    {
      title: t("groups"),
      key: "groups",
      hidden: phone,
      render: (_, { groups }) => (groups ?? []).join(", "),
    },
    {
      title: t("hours"),
      key: "hours",
      hidden: phone,
      render: (_, one) => <span className="num">{one.opening_hours}</span>,
    },
    {
      title: t("this_hour"),
      key: "this_hour",
      align: "right",
      render: (_, { code, orders_per_hour }) => {
        const row = live.network?.row(code) ?? -1;
        if (orders_per_hour === null || orders_per_hour === undefined)
          return <span className="muted">–</span>;
        const used = row < 0 ? undefined : live.network?.of(row).used;
        return (
          <Link className="num" to={`/locations/${encodeURIComponent(code)}#capacity`}>
            {quantity(used ?? 0, language)} / {quantity(orders_per_hour, language)}
          </Link>
        );
      },
    },
    {
      title: common("state"),
      key: "enabled",
      hidden: phone,
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
        note={
          sums !== undefined && (
            <span data-testid="count">
              {t("counted", { count: sums.count, n: quantity(sums.count, language) })}
            </span>
          )
        }
        actions={
          <>
            <SavedViews />
            <ExportButton path="/v1/locations.csv" scope="locations:read" query={query} />
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
          allowClear={clear}
          style={{ width: 260 }}
        />
        <Select
          aria-label={t("kind")}
          placeholder={t("kind")}
          allowClear={clear}
          value={kind}
          options={choices(KINDS, (one) => wordFor(common, "place", one))}
          onChange={(value?: string) => setFilters({ kind: value })}
          style={{ minWidth: 130 }}
        />
        <Select
          aria-label={t("capability")}
          placeholder={t("capability")}
          allowClear={clear}
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
          allowClear={clear}
          style={{ width: 160 }}
        />
        <Select
          aria-label={t("any")}
          placeholder={t("any")}
          allowClear={clear}
          value={filters.enabled}
          options={[
            { value: "true", label: t("in_use") },
            { value: "false", label: t("disabled") },
          ]}
          onChange={(value?: string) => setFilters({ enabled: value })}
          style={{ minWidth: 150 }}
        />
        <AreaTags
          filters={{ region: filters.region, partner: filters.partner, within: filters.within }}
          onChange={setFilters}
        />
      </Flex>
      {mayLoad && sums !== undefined && (
        <div className="ms-locations-sums" data-testid="sums">
          <Figures sums={sums} area={{ ...places, kind }} at={live.at} />
        </div>
      )}
      {found.error !== null && <ProblemAlert error={found.error} onRetry={() => void found.refetch()} />}
      <DataTable<Location>
        label={t("table")}
        fits
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
