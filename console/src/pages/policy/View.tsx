import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Card, Flex, InputNumber, Segmented, Skeleton, Spin, Tabs } from "antd";
import { useEffect, useMemo, useState } from "react";
import { Link } from "react-router";
import { api, data } from "@/api/client";
import { useCan, useMe } from "@/api/me";
import { isProblem, type FieldProblem } from "@/api/problem";
import { HEADER } from "@/app/size";
import { usePhone } from "@/app/preferences";
import { Confirm, type Publishing } from "@/pages/policy/Confirm";
import { differences, versionName } from "@/pages/policy/diff";
import { useDraft, type Draft } from "@/pages/policy/draft";
import { Editor } from "@/pages/policy/Editor";
import { EditingContext } from "@/pages/policy/fields";
import {
  asSent,
  plain,
  presentQuery,
  tryOut,
  type Policy,
  type Tried,
  type Version,
} from "@/pages/policy/model";
import { Result } from "@/pages/policy/Result";
import { TextView } from "@/pages/policy/TextView";
import { Versions } from "@/pages/policy/Versions";
import { words } from "@/pages/policy/words";
import { lastNovember } from "@/pages/what-if/model";
import { EmptyState } from "@/ui/EmptyState";
import { PageHeader } from "@/ui/PageHeader";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { useFilters } from "@/ui/useFilters";
import { useWords } from "@/words/words";

const ORDERS = 1000;
const TYPING_MS = 500;
const BODY = "/policy";

export default function PolicyPage() {
  const present = useQuery(presentQuery);
  const t = useWords(words);
  if (present.error)
    return (
      <>
        <PageHeader title={t("title")} />
        <ProblemAlert error={present.error} onRetry={() => void present.refetch()} />
      </>
    );
  if (present.data === undefined)
    return (
      <>
        <PageHeader title={t("title")} />
        <Skeleton active paragraph={{ rows: 10 }} />
      </>
    );
  return <Loaded version={present.data.version ?? 0} policy={plain(present.data)} />;
}

function Loaded({ version, policy }: { version: number; policy: Policy }) {
  const t = useWords(words);
  const me = useMe();
  const writes = useCan("policies:write");
  const tries = useCan("orders:read") && writes;
  const { message } = App.useApp();
  const client = useQueryClient();
  const [filters, setFilters] = useFilters(["tab"]);
  const [draft, setDraft] = useDraft(me.party);
  const [orders, setOrders] = useState(ORDERS);
  const [asked, setAsked] = useState<Publishing | null>(null);
  const trial = useMutation({
    mutationFn: async (wanted: {
      policy: Policy;
      orders: number;
    }): Promise<{ tried: Tried; of: Policy }> => ({
      tried: await tryOut(wanted.policy, wanted.orders),
      of: wanted.policy,
    }),
  });
  const shown = draft?.policy ?? policy;
  const check = useCheck(shown, writes && draft !== null);
  const errors = useMemo(() => byPointer(check.faults), [check.faults]);
  const tab = filters.tab ?? "edit";

  const edit = (next: Policy) => setDraft({ policy: next, base: draft?.base ?? version });
  const run = () => {
    setFilters({ tab: "result" });
    trial.mutate({ policy: shown, orders });
  };
  const done = (published: number) => {
    setAsked(null);
    setDraft(null);
    trial.reset();
    void client.invalidateQueries({ queryKey: ["policy"] });
    void client.invalidateQueries({ queryKey: ["policies"] });
    void message.success(t("published", { version: published }));
  };
  const passed = (error: unknown) => {
    if (isProblem(error, "revision_passed")) void client.invalidateQueries({ queryKey: ["policy"] });
  };
  const publish = (of: Draft) =>
    setAsked({
      title: t("publish_title", { version: version + 1 }),
      text: t("publish_text"),
      warning: trial.data?.of === of.policy ? undefined : t("publish_untried"),
      ok: t("publish_ok"),
      before: policy,
      after: of.policy,
      names: [versionName(t, version), t("draft")],
      send: (note) =>
        data(
          api.PUT("/v1/policy", {
            body: { ...asSent(of.policy), ...(note === "" ? {} : { note }) },
            headers: { "If-Match": `"${of.base}"` },
          }),
        ),
    });
  const rollBack = (to: Version) =>
    setAsked({
      title: t("roll_back_title", { version: to.version }),
      text: t("roll_back_text", { next: version + 1 }),
      ok: t("roll_back_ok"),
      before: policy,
      after: plain(to.policy),
      names: [t("before", { version }), t("before", { version: to.version })],
      send: (note) =>
        data(
          api.POST("/v1/policies/{version}/roll-back", {
            params: { path: { version: to.version } },
            body: note === "" ? {} : { note },
            headers: { "If-Match": `"${version}"` },
          }),
        ),
    });

  return (
    <>
      <PageHeader
        title={t("title")}
        note={version === 0 ? t("in_force_usual") : t("in_force", { version })}
      />
      {!writes && <Alert type="info" showIcon title={t("read_only")} style={{ marginBottom: 16 }} />}
      <Tabs
        activeKey={tab}
        onChange={(next) => setFilters({ tab: next === "edit" ? undefined : next })}
        items={[
          {
            key: "edit",
            label: t("tab_edit"),
            children: (
              <Edit
                {...{
                  version,
                  policy,
                  shown,
                  draft,
                  errors,
                  check,
                  writes,
                  tries,
                  orders,
                  setOrders,
                  edit,
                  setDraft,
                  run,
                }}
                publish={() => draft && publish(draft)}
              />
            ),
          },
          ...(tries
            ? [
                {
                  key: "result",
                  label: t("tab_result"),
                  children: <Tries trial={trial} version={version} shown={shown} orders={orders} run={run} />,
                },
              ]
            : []),
          {
            key: "versions",
            label: t("tab_versions"),
            children: (
              <Versions
                present={version}
                draft={draft}
                onRollBack={writes ? rollBack : undefined}
                onDraft={
                  writes
                    ? (one) => {
                        setDraft({ policy: plain(one.policy), base: version });
                        setFilters({ tab: undefined });
                      }
                    : undefined
                }
              />
            ),
          },
        ]}
      />
      {asked && <Confirm what={asked} onDone={done} onClose={() => setAsked(null)} onProblem={passed} />}
    </>
  );
}

interface Check {
  state: "none" | "checking" | "checked";
  faults: readonly FieldProblem[];
  warnings: readonly FieldProblem[];
  error: unknown;
}

/** What the API says of the draft, half a second after the last change. */
function useCheck(policy: Policy, on: boolean): Check {
  const [settled, setSettled] = useState(policy);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(policy), TYPING_MS);
    return () => clearTimeout(timer);
  }, [policy]);
  const asked = useQuery({
    queryKey: ["policy", "check", settled],
    queryFn: ({ signal }) => tryOut(settled, 0, signal),
    enabled: on,
    retry: false,
    gcTime: 0,
    refetchOnWindowFocus: false,
    placeholderData: (before) => before,
  });
  return useMemo(() => {
    const invalid = isProblem(asked.error) && asked.error.fields.length > 0 ? asked.error.fields : [];
    const own = (fields: readonly FieldProblem[]) =>
      fields.map((field) => ({ ...field, pointer: field.pointer.replace(BODY, "") }));
    return {
      state: !on ? "none" : asked.isFetching || settled !== policy ? "checking" : "checked",
      faults: on ? own(invalid) : [],
      warnings: on && !asked.error ? own(asked.data?.warnings ?? []) : [],
      error: on && asked.error && invalid.length === 0 ? asked.error : null,
    };
  }, [asked.error, asked.data, asked.isFetching, on, settled, policy]);
}

function byPointer(faults: readonly FieldProblem[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { pointer, detail } of faults) found.set(pointer, [...(found.get(pointer) ?? []), detail]);
  return found;
}

interface EditProps {
  version: number;
  policy: Policy;
  shown: Policy;
  draft: Draft | null;
  errors: ReadonlyMap<string, readonly string[]>;
  check: Check;
  writes: boolean;
  tries: boolean;
  orders: number;
  setOrders: (orders: number) => void;
  edit: (policy: Policy) => void;
  setDraft: (draft: Draft | null) => void;
  run: () => void;
  publish: () => void;
}

function Edit(props: EditProps) {
  const { shown, errors, writes, edit } = props;
  const t = useWords(words);
  const phone = usePhone();
  const [as, setAs] = useState<"form" | "text">("form");
  return (
    <div
      style={{
        display: "grid",
        gridTemplateColumns: phone || !writes ? "1fr" : "minmax(0, 1fr) 340px",
        gap: 16,
      }}
    >
      <div>
        <Segmented
          aria-label={t("tab_edit")}
          value={as}
          onChange={setAs}
          options={[
            { value: "form", label: t("as_form") },
            { value: "text", label: t("as_text") },
          ]}
          style={{ marginBottom: 12 }}
        />
        {as === "form" ? (
          <EditingContext value={{ errors, disabled: !writes, currency: shown.currency ?? "CNY" }}>
            <Editor policy={shown} change={(changes) => edit({ ...shown, ...changes })} />
          </EditingContext>
        ) : (
          <TextView policy={shown} errors={errors} disabled={!writes} onChange={edit} />
        )}
      </div>
      {writes && <Side {...props} />}
    </div>
  );
}

/** How the draft differs, what the API says of it, and what can be done with it. */
function Side({
  version,
  policy,
  draft,
  check,
  tries,
  orders,
  setOrders,
  setDraft,
  run,
  publish,
}: EditProps) {
  const t = useWords(words);
  const { modal } = App.useApp();
  const phone = usePhone();
  const found = useMemo(
    () => (draft === null ? [] : differences(policy, draft.policy, t)),
    [policy, draft, t],
  );
  const behind = draft !== null && draft.base !== version;
  const november = lastNovember(new Date());
  const title =
    draft === null
      ? t("draft")
      : found.length === 0
        ? t("draft_same", { version: versionName(t, version) })
        : t("draft_differs", { version: versionName(t, version), count: found.length });
  const discard = () =>
    modal.confirm({ title: t("discard_confirm"), okText: t("discard"), onOk: () => setDraft(null) });
  return (
    <aside
      style={
        phone
          ? {}
          : {
              position: "sticky",
              top: HEADER + 16,
              alignSelf: "start",
              maxHeight: "calc(100vh - 84px)",
              overflow: "auto",
            }
      }
    >
      <Card
        size="small"
        title={<h2 style={{ margin: 0, fontSize: 15, fontWeight: 600, whiteSpace: "normal" }}>{title}</h2>}
      >
        {draft === null ? (
          <p className="muted" style={{ marginTop: 0 }}>
            {t("no_draft")}
          </p>
        ) : (
          <dl style={{ margin: 0 }}>
            {found.map((one) => (
              <div key={one.at} style={{ marginBottom: 8 }}>
                <dt className="muted" style={{ fontSize: 13 }}>
                  {one.what}
                </dt>
                <dd style={{ margin: 0 }}>
                  <span className="muted">{one.before || t("not_there")} → </span>
                  <strong>{one.after || t("not_there")}</strong>
                </dd>
              </div>
            ))}
          </dl>
        )}
        {behind && (
          <Alert
            type="warning"
            showIcon
            title={t("draft_behind", { version, base: draft.base })}
            style={{ marginBottom: 8 }}
            description={
              <Button size="small" onClick={() => setDraft({ ...draft, base: version })}>
                {t("draft_rebase", { version })}
              </Button>
            }
          />
        )}
        {draft !== null && <Checked check={check} />}
        <Flex vertical gap={8} style={{ marginTop: 8 }}>
          {tries && (
            <Flex gap={8} align="center" wrap>
              <InputNumber<number>
                aria-label={t("dry_run_orders")}
                min={1}
                max={ORDERS}
                precision={0}
                value={orders}
                onChange={(value) => setOrders(value ?? ORDERS)}
                style={{ width: 96 }}
              />
              <span className="muted">{t("dry_run_orders")}</span>
              <Button style={{ marginInlineStart: "auto" }} disabled={check.faults.length > 0} onClick={run}>
                {t("dry_run")}
              </Button>
            </Flex>
          )}
          {tries && <Link to={`/what-if?from=${november[0]}&to=${november[1]}`}>{t("what_if")}</Link>}
          <Button
            type="primary"
            disabled={draft === null || behind || found.length === 0 || check.faults.length > 0}
            onClick={publish}
          >
            {t("publish")}
          </Button>
          {draft !== null && (
            <Button type="text" onClick={discard}>
              {t("discard")}
            </Button>
          )}
        </Flex>
      </Card>
    </aside>
  );
}

function Checked({ check }: { check: Check }) {
  const t = useWords(words);
  if (check.error) return <ProblemAlert error={check.error} />;
  return (
    <div role="status" style={{ marginTop: 8 }}>
      {check.state === "checking" ? (
        <span className="muted">{t("checking")}</span>
      ) : check.faults.length > 0 ? (
        <Alert type="error" showIcon title={t("faults", { count: check.faults.length })} />
      ) : check.warnings.length > 0 ? (
        <Alert
          type="warning"
          showIcon
          title={t("warnings")}
          description={
            <ul style={{ margin: 0, paddingInlineStart: 16 }}>
              {check.warnings.map((one) => (
                <li key={one.pointer + one.code}>{one.detail}</li>
              ))}
            </ul>
          }
        />
      ) : (
        <span className="muted">{t("checked")}</span>
      )}
    </div>
  );
}

function Tries({
  trial,
  version,
  shown,
  orders,
  run,
}: {
  trial: { isPending: boolean; error: unknown; data?: { tried: Tried; of: Policy } };
  version: number;
  shown: Policy;
  orders: number;
  run: () => void;
}) {
  const t = useWords(words);
  if (trial.isPending)
    return (
      <Flex vertical align="center" gap={16} style={{ padding: 64 }} role="status">
        <Spin />
        {t("dry_running", { count: orders, version: versionName(t, version) })}
      </Flex>
    );
  if (trial.error) return <ProblemAlert error={trial.error} onRetry={run} />;
  if (trial.data === undefined)
    return (
      <EmptyState title={t("no_result")}>
        <p>{t("no_result_help")}</p>
        <Button onClick={run}>{t("dry_run")}</Button>
      </EmptyState>
    );
  return <Result tried={trial.data.tried} stale={trial.data.of !== shown} />;
}
