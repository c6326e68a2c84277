/** Every version that was published; any two side by side, and the way back. */
import { useQuery } from "@tanstack/react-query";
import { Button, Card, Flex, Select } from "antd";
import { useFilters } from "@/ui/useFilters";
import { Differences } from "@/pages/policy/Differences";
import type { Draft } from "@/pages/policy/draft";
import { plain, versionsQuery, type Policy, type Version } from "@/pages/policy/model";
import { words } from "@/pages/policy/words";
import { DataTable } from "@/ui/DataTable";
import { EmptyState } from "@/ui/EmptyState";
import { Time } from "@/ui/Figures";
import { StateTag } from "@/ui/StateTag";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { useWords } from "@/words/words";

export function Versions({
  present,
  draft,
  onRollBack,
  onDraft,
}: {
  present: number;
  draft: Draft | null;
  /** undefined for those who only read. */
  onRollBack?: (version: Version) => void;
  onDraft?: (version: Version) => void;
}) {
  const t = useWords(words);
  const versions = useQuery(versionsQuery);
  if (versions.error) return <ProblemAlert error={versions.error} onRetry={() => void versions.refetch()} />;
  const found = versions.data?.policies ?? [];
  if (versions.isSuccess && found.length === 0) return <EmptyState title={t("no_versions")} />;
  return (
    <Flex vertical gap={16}>
      <DataTable<Version>
        label={t("tab_versions")}
        rowKey="version"
        loading={versions.isPending}
        dataSource={found}
        columns={[
          {
            key: "version",
            title: t("version"),
            width: 150,
            render: (_, one) => (
              <Flex gap={8} align="center">
                <span className="num">{one.version}</span>
                {one.version === present && <StateTag state="completed" text={t("in_force_tag")} />}
              </Flex>
            ),
          },
          {
            key: "at",
            title: t("published_at"),
            width: 140,
            render: (_, one) => <Time at={one.published_at} />,
          },
          {
            key: "by",
            title: t("by"),
            width: 160,
            render: (_, one) => one.published_by_name ?? one.published_by,
          },
          {
            key: "note",
            title: t("note"),
            render: (_, one) => (
              <>
                {one.note}
                {one.based_on !== null && (
                  <div className="muted" style={{ fontSize: 13 }}>
                    {t("brought_back", { version: one.based_on })}
                  </div>
                )}
              </>
            ),
          },
          {
            key: "actions",
            title: "",
            align: "right",
            render: (_, one) => (
              <Flex gap={8} justify="end">
                {onDraft && (
                  <Button size="small" onClick={() => onDraft(one)}>
                    {t("to_draft")}
                  </Button>
                )}
                {onRollBack && one.version !== present && (
                  <Button size="small" onClick={() => onRollBack(one)}>
                    {t("roll_back")}
                  </Button>
                )}
              </Flex>
            ),
          },
        ]}
      />
      {found.length > 0 && <Compare versions={found} draft={draft} />}
    </Flex>
  );
}

function Compare({ versions, draft }: { versions: readonly Version[]; draft: Draft | null }) {
  const t = useWords(words);
  const [chosen, choose] = useFilters(["from", "to"]);
  const newest = String(versions[0]?.version ?? "");
  const to = chosen.to ?? (draft === null ? newest : "draft");
  const from = chosen.from ?? (draft === null ? String(versions[1]?.version ?? newest) : newest);
  const name = (key: string) => (key === "draft" ? t("draft") : t("before", { version: key }));
  const policy = (key: string): Policy | undefined => {
    if (key === "draft") return draft?.policy;
    const found = versions.find((one) => String(one.version) === key);
    return found && plain(found.policy);
  };
  const options = [
    ...(draft === null ? [] : [{ value: "draft", label: t("draft") }]),
    ...versions.map((one) => ({
      value: String(one.version),
      label: one.note === "" ? name(String(one.version)) : `${name(String(one.version))} · ${one.note}`,
    })),
  ];
  const [before, after] = [policy(from), policy(to)];
  return (
    <Card size="small" title={<h2 style={{ margin: 0, fontSize: 15, fontWeight: 600 }}>{t("compare")}</h2>}>
      <Flex wrap gap={8} align="center" style={{ marginBottom: 12 }}>
        <Select
          aria-label={t("compare")}
          value={from}
          options={options}
          onChange={(value) => choose({ from: value })}
          style={{ width: 260 }}
        />
        <span className="muted">{t("compare_with")}</span>
        <Select
          aria-label={t("compare_with")}
          value={to}
          options={options}
          onChange={(value) => choose({ to: value })}
          style={{ width: 260 }}
        />
      </Flex>
      {before && after && <Differences before={before} after={after} names={[name(from), name(to)]} />}
    </Card>
  );
}
