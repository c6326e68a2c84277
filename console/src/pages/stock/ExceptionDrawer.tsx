import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, DatePicker, Drawer, Flex, Form, Input, Select, Skeleton } from "antd";
import dayjs, { type Dayjs } from "dayjs";
import { useState } from "react";
import { Link } from "react-router";
import { api, data, type Schemas } from "@/api/client";
import { useCan, useMe } from "@/api/me";
import { usePhone } from "@/app/preferences";
import { StockDrawer, type Deed } from "@/pages/stock/forms";
import { bucketPath, CounterBar, Named } from "@/pages/stock/parts";
import { words } from "@/pages/stock/words";
import { Quantity, Time } from "@/ui/Figures";
import { LocationLink, OrderLink } from "@/ui/Links";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { useClear } from "@/ui/useClear";
import { useProblemForm } from "@/ui/useProblemForm";
import { useCommon } from "@/words/common";
import { useWords } from "@/words/words";

interface Values {
  assignee: string | undefined;
  due_at: Dayjs | null;
  note: string;
}

async function fetchException(id: string) {
  return data(api.GET("/v1/stock/exceptions/{id}", { params: { path: { id } } }));
}
type Whole = Awaited<ReturnType<typeof fetchException>>;

/** One exception: what is missing, for whom it was promised, who looks after it until when, and what was done. */
export function ExceptionDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const t = useWords(words);
  const phone = usePhone();
  const me = useMe();
  const mayWrite = useCan("stock:write");
  const [deed, setDeed] = useState<Deed | undefined>();
  const found = useQuery({ queryKey: ["stock", "exception", id], queryFn: () => fetchException(id) });
  const one = found.data;
  return (
    <Drawer
      open
      onClose={onClose}
      size={phone ? "100%" : 480}
      title={<h2 style={{ font: "inherit", margin: 0 }}>{t("exception")}</h2>}
    >
      {found.error !== null ? (
        <ProblemAlert error={found.error} onRetry={() => void found.refetch()} />
      ) : one === undefined ? (
        <Skeleton active />
      ) : (
        <Flex vertical gap={20}>
          <section style={{ display: "grid", gap: 8 }}>
            <div>
              <Named code={one.offer} name={one.offer_name} to={bucketPath(one)} /> ·{" "}
              <LocationLink code={one.location} name={one.location_name} />
            </div>
            <CounterBar now={one} />
            {one.missing > 0 && <strong>{t("missing_units", { count: one.missing })}</strong>}
            {mayWrite && one.state === "open" && (
              <Flex wrap gap={8}>
                <Button onClick={() => setDeed("count")}>{t("recount")}</Button>
                {me.location === null && one.window === null && one.lot === "" && (
                  <Button onClick={() => setDeed("transfer")}>{t("send_here")}</Button>
                )}
                <Button onClick={() => setDeed("adjust")}>{t("adjust")}</Button>
              </Flex>
            )}
          </section>
          {mayWrite && <Care key={one.revision} exception={one} />}
          <Concerned exception={one} />
          <History exception={one} />
        </Flex>
      )}
      {deed !== undefined && one !== undefined && (
        <StockDrawer
          deed={deed}
          offer={one.offer}
          {...(deed === "transfer"
            ? { target: one.location, quantity: one.missing }
            : { location: one.location })}
          onClose={() => setDeed(undefined)}
        />
      )}
    </Drawer>
  );
}

function Care({ exception }: { exception: Whole }) {
  const t = useWords(words);
  const common = useCommon();
  const me = useMe();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const [form] = Form.useForm<Values>();
  const problems = useProblemForm(form);
  const clear = useClear();
  const mayList = useCan("people:read");
  const people = useQuery({
    queryKey: ["people", "assignable"],
    enabled: mayList,
    queryFn: () => data(api.GET("/v1/people", { params: { query: { enabled: true, limit: 200 } } })),
  });
  const save = useMutation({
    mutationFn: (values: Values) =>
      data(
        api.PATCH("/v1/stock/exceptions/{id}", {
          params: { path: { id: exception.id }, header: { "if-match": `"${exception.revision}"` } },
          body: {
            assignee: values.assignee ?? null,
            due_at: values.due_at === null ? null : values.due_at.toISOString(),
            note: values.note,
          },
        }),
      ),
    onMutate: problems.clear,
    onError: problems.show,
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ["stock"] });
      void message.success(t("care_saved"));
    },
  });
  const known = new Map<string, string>();
  if (exception.assignee !== null) known.set(exception.assignee.id, exception.assignee.name);
  const myself = me.person;
  if (myself !== null) known.set(myself.id, myself.name);
  for (const person of people.data?.people ?? []) known.set(person.id, person.name);
  return (
    <Form<Values>
      form={form}
      layout="vertical"
      requiredMark={false}
      initialValues={{
        assignee: exception.assignee?.id,
        due_at: exception.due_at_given ? dayjs(exception.due_at) : null,
        note: exception.note,
      }}
      onFinish={(values) => save.mutate(values)}
    >
      {problems.problem !== null && (
        <div style={{ marginBottom: 16 }}>
          <ProblemAlert error={problems.problem} fields={problems.elsewhere} />
        </div>
      )}
      <Form.Item
        name="assignee"
        label={t("assignee")}
        extra={
          myself !== null &&
          exception.assignee?.id !== myself.id && (
            <Button
              type="link"
              size="small"
              style={{ padding: 0 }}
              onClick={() => {
                form.setFieldValue("assignee", myself.id);
                form.submit();
              }}
            >
              {t("take")}
            </Button>
          )
        }
      >
        <Select
          allowClear={clear}
          showSearch={{ optionFilterProp: "label" }}
          placeholder={t("nobody")}
          options={[...known].map(([value, label]) => ({ value, label }))}
        />
      </Form.Item>
      <Form.Item name="due_at" label={t("due")}>
        <DatePicker
          showTime={{ format: "HH:mm" }}
          format="YYYY-MM-DD HH:mm"
          style={{ width: "100%" }}
          placeholder={`${dayjs(exception.due_at).format("YYYY-MM-DD HH:mm")} (${t("usual_due")})`}
        />
      </Form.Item>
      <Form.Item name="note" label={`${t("note")} (${common("optional")})`}>
        <Input.TextArea rows={2} />
      </Form.Item>
      <Button type="primary" htmlType="submit" loading={save.isPending}>
        {common("save")}
      </Button>
    </Form>
  );
}

/** Orders that were promised units of it: what somebody has to speak to shoppers about, or route anew. */
function Concerned({ exception }: { exception: Schemas["StockException"] }) {
  const t = useWords(words);
  const { location, offer, reserved } = exception;
  const mayRoute = useCan("fulfilment:write") && exception.state === "open";
  const claims = useQuery({
    queryKey: ["stock", "claims", location, offer, reserved],
    queryFn: () => data(api.GET("/v1/stock/claims", { params: { query: { location, offer, limit: 50 } } })),
  });
  const orders = claims.data?.claims.filter(({ order }) => order !== null) ?? [];
  return (
    <section>
      <h3 style={{ fontSize: 14, margin: "0 0 4px" }}>{t("concerned")}</h3>
      {claims.data !== undefined && orders.length === 0 && <span className="muted">{t("claims_none")}</span>}
      <ul style={{ listStyle: "none", margin: 0, padding: 0 }}>
        {orders.map((claim) => (
          <li
            key={claim.reservation}
            style={{ display: "flex", justifyContent: "space-between", lineHeight: "24px" }}
          >
            <OrderLink id={claim.reservation} label={claim.channel_order_id ?? undefined} />
            <span>
              <span className="muted">
                <Time at={claim.placed_at} />
              </span>{" "}
              <Quantity value={claim.quantity} />
              {mayRoute && (
                <Link
                  style={{ marginInlineStart: 12 }}
                  to={`/orders/${claim.reservation}?${reRoute(location, t("reason_short", { offer }))}`}
                >
                  {t("re_route")}
                </Link>
              )}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The order's page opens the form at once, for the work of this location. */
const reRoute = (at: string, reason: string): string =>
  new URLSearchParams({ do: "re-route", at, reason }).toString();

function History({ exception }: { exception: Whole }) {
  const t = useWords(words);
  if (exception.history.length === 0) return null;
  return (
    <section>
      <h3 style={{ fontSize: 14, margin: "0 0 4px" }}>{t("history")}</h3>
      <ol style={{ listStyle: "none", margin: 0, padding: 0, display: "grid", gap: 8 }}>
        {exception.history.map((change) => (
          <li key={change.revision}>
            <span className="muted">
              <Time at={change.at} /> · {change.actor_name ?? t("by_key")}
            </span>
            <div>
              {t("assignee")}: {change.assignee?.name ?? t("nobody")}
              {change.due_at !== null && (
                <>
                  {" · "}
                  {t("due")} <Time at={change.due_at} />
                </>
              )}
              {change.note !== "" && ` · ${change.note}`}
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}
