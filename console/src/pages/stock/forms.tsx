/** Counting, changing and sending stock, in a drawer: what will happen is told before, and the API's refusal after. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Drawer, Flex, Form, Input, InputNumber, Select } from "antd";
import { useState } from "react";
import { api, data, newKey, type Schemas } from "@/api/client";
import { useMe } from "@/api/me";
import { ApiProblem, isProblem } from "@/api/problem";
import { useLook } from "@/app/look";
import { usePhone } from "@/app/preferences";
import {
  afterChange,
  afterCount,
  CHANGES,
  COUNTERS,
  NOTHING,
  type Change,
  type Counters,
} from "@/pages/stock/counters";
import { LocationPick, OfferPick } from "@/pages/stock/pick";
import { words } from "@/pages/stock/words";
import { Quantity } from "@/ui/Figures";
import { ProblemAlert } from "@/ui/ProblemAlert";
import type { Path } from "@/ui/pointer";
import { useProblemForm } from "@/ui/useProblemForm";
import { useCommon } from "@/words/common";
import { useWords } from "@/words/words";

export type Deed = "count" | "adjust" | "transfer";

interface Values {
  location?: string;
  offer?: string;
  on_hand?: number | null;
  change: Change;
  quantity?: number | null;
  target?: string;
  note?: string;
}

/** `/counts/0/on_hand` stands at the field `on_hand`; a transfer's `source` at `location`. */
const place = (path: Path): Path => {
  const last = path[path.length - 1];
  return last === undefined ? path : [last === "source" ? "location" : last];
};

export function StockDrawer({
  deed,
  location,
  offer,
  target,
  quantity,
  onClose,
}: {
  deed: Deed;
  location?: string;
  offer?: string;
  /** Where a transfer goes, and how many units: filled in for whoever knows already. */
  target?: string;
  quantity?: number;
  onClose: () => void;
}) {
  const t = useWords(words);
  const common = useCommon();
  const phone = usePhone();
  const me = useMe();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const [form] = Form.useForm<Values>();
  const problems = useProblemForm(form, place);
  const [key, setKey] = useState(newKey);
  const save = useMutation({
    mutationFn: (values: Values) => send(deed, values, key),
    onMutate: problems.clear,
    onSuccess: (available) => {
      void queries.invalidateQueries({ queryKey: ["stock"] });
      void message.success(available === undefined ? t("transfer_sent") : t("saved", { count: available }));
      onClose();
    },
    onError: (error) => {
      setKey(newKey());
      problems.show(error);
    },
  });
  return (
    <Drawer
      open
      onClose={onClose}
      size={phone ? "100%" : 440}
      title={<h2 style={{ font: "inherit", margin: 0 }}>{t(`${deed}_title`)}</h2>}
      footer={
        <Flex gap={8} justify="end">
          <Button onClick={onClose}>{common("cancel")}</Button>
          <Button type="primary" loading={save.isPending} onClick={() => form.submit()}>
            {t(deed)}
          </Button>
        </Flex>
      }
    >
      {problems.problem !== null && (
        <div style={{ marginBottom: 16 }}>
          <ProblemAlert error={problems.problem} fields={problems.elsewhere} />
        </div>
      )}
      <Form<Values>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{
          location: location ?? me.location ?? undefined,
          offer,
          target,
          quantity,
          change: "receive",
        }}
        onFinish={(values) => save.mutate(values)}
      >
        <Form.Item name="location" label={deed === "transfer" ? t("from") : common("location")}>
          <LocationPick
            label={deed === "transfer" ? t("from") : common("location")}
            disabled={location !== undefined || me.location !== null}
          />
        </Form.Item>
        {deed === "transfer" && (
          <Form.Item name="target" label={t("to")}>
            <LocationPick label={t("to")} disabled={target !== undefined} />
          </Form.Item>
        )}
        <Form.Item name="offer" label={common("offer")}>
          <OfferPick label={common("offer")} disabled={offer !== undefined} />
        </Form.Item>
        {deed === "count" ? (
          <Form.Item name="on_hand" label={t("counted")} extra={t("counted_hint")}>
            <InputNumber style={{ width: "100%" }} inputMode="numeric" />
          </Form.Item>
        ) : (
          <>
            {deed === "adjust" && (
              <Form.Item name="change" label={t("change")}>
                <Select options={CHANGES.map((one) => ({ value: one, label: t(`change_${one}`) }))} />
              </Form.Item>
            )}
            <Form.Item name="quantity" label={t("quantity")}>
              <InputNumber style={{ width: "100%" }} inputMode="numeric" />
            </Form.Item>
          </>
        )}
        {deed === "adjust" && (
          <Form.Item name="note" label={`${t("note")} (${common("optional")})`}>
            <Input.TextArea rows={2} />
          </Form.Item>
        )}
        {deed === "transfer" && target !== undefined && <Sources target={target} />}
        <Preview deed={deed} />
        <button type="submit" hidden tabIndex={-1} aria-hidden /> {/* so that Enter sends the form */}
      </Form>
    </Drawer>
  );
}

/** Where there is most of it, to be sent to `target`: one click takes a location into the form. */
function Sources({ target }: { target: string }) {
  const t = useWords(words);
  const form = Form.useFormInstance<Values>();
  const offer = Form.useWatch<string | undefined>("offer");
  const found = useQuery({
    queryKey: ["stock", "sources", offer],
    enabled: offer !== undefined,
    queryFn: () =>
      data(
        api.GET("/v1/stock", {
          params: { query: { offer: offer!, state: "available", sort: "-available", limit: 8 } },
        }),
      ),
  });
  const places = found.data?.stock
    .filter(({ location, window, lot }) => location !== target && window === null && lot === "")
    .slice(0, 5);
  if (places === undefined) return null;
  if (places.length === 0) return <p className="muted">{t("sources_none")}</p>;
  return (
    <section aria-label={t("sources")} style={{ marginBottom: 16 }}>
      <h3 style={{ fontSize: 13, margin: "0 0 4px", fontWeight: 500 }}>{t("sources")}</h3>
      <ul style={{ listStyle: "none", margin: 0, padding: 0 }}>
        {places.map((place) => (
          <li
            key={place.location}
            style={{ display: "flex", justifyContent: "space-between", alignItems: "center" }}
          >
            <Button
              type="link"
              size="small"
              style={{ padding: 0 }}
              onClick={() => form.setFieldValue("location", place.location)}
            >
              {place.location_name || place.location}
            </Button>
            <span>
              <span className="muted">{t("available")}</span> <Quantity value={place.available} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What the numbers of now will be, once this is sent. */
function Preview({ deed }: { deed: Deed }) {
  const t = useWords(words);
  const look = useLook();
  const location = Form.useWatch<string | undefined>("location");
  const offer = Form.useWatch<string | undefined>("offer");
  const onHand = Form.useWatch<number | null | undefined>("on_hand");
  const quantity = Form.useWatch<number | null | undefined>("quantity");
  const change = Form.useWatch<Change | undefined>("change") ?? "receive";
  const known = location !== undefined && offer !== undefined;
  const stock = useQuery({
    queryKey: ["stock", "preview", location, offer],
    enabled: known,
    queryFn: () => data(api.GET("/v1/stock", { params: { query: { location, offer } } })),
    retry: false,
  });
  const wanted = deed === "count" ? onHand : quantity;
  if (!known || stock.data === undefined || wanted === undefined || wanted === null) return null;
  const now: Counters = stock.data.stock.find(({ window, lot }) => window === null && lot === "") ?? NOTHING;
  const later =
    deed === "count"
      ? afterCount(now, wanted)
      : deed === "adjust"
        ? afterChange(now, change, wanted)
        : afterChange(now, "write_off", wanted);
  return (
    <section aria-label={t("will_be")} aria-live="polite">
      <h3 style={{ fontSize: 13, margin: "0 0 4px", color: look.muted, fontWeight: 500 }}>{t("will_be")}</h3>
      <table style={{ width: "100%", fontSize: 13 }}>
        <tbody>
          {COUNTERS.map((counter) => (
            <tr key={counter} style={{ fontWeight: later[counter] === now[counter] ? 400 : 600 }}>
              <th scope="row" style={{ textAlign: "start", fontWeight: "inherit" }}>
                {t(counter)}
              </th>
              <td style={{ textAlign: "end", color: look.muted }}>
                <Quantity value={now[counter]} />
              </td>
              <td style={{ textAlign: "end", width: 90 }} data-after={counter}>
                <Quantity value={later[counter]} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {deed === "count" && later.available < 0 && (
        <p style={{ color: look.tone.warning.text }}>{t("short_after", { count: -later.available })}</p>
      )}
    </section>
  );
}

/** Sends it; what is available afterwards, or undefined for a transfer. */
async function send(deed: Deed, values: Values, key: string): Promise<number | undefined> {
  const headers = { "Idempotency-Key": key };
  const location = values.location ?? "";
  const offer = values.offer ?? "";
  // an empty field is sent as it is: the API says what it needs there
  const units = (value: number | null | undefined): number => value!;
  if (deed === "transfer") {
    const body = { source: location, target: values.target ?? "", offer, quantity: units(values.quantity) };
    await data(api.POST("/v1/stock/transfers", { body, headers })).catch((error: unknown) => {
      throw isProblem(error) ? atQuantity(error) : error;
    });
    return undefined;
  }
  const told =
    deed === "count"
      ? await data(
          api.POST("/v1/stock/counts", {
            body: { counts: [{ location, offer, on_hand: units(values.on_hand) }] },
            headers,
          }),
        )
      : await data(
          api.POST("/v1/stock/adjustments", {
            body: {
              adjustments: [
                {
                  location,
                  offer,
                  change: values.change,
                  quantity: units(values.quantity),
                  note: values.note ?? "",
                },
              ],
            },
            headers,
          }),
        );
  const [result] = told.results;
  if (result?.problem !== undefined) throw refusal(result.problem);
  return result?.stock?.available;
}

/** The refusal of the one item. */
function refusal({
  status,
  code,
  title,
  detail = "",
  errors = [],
}: NonNullable<Schemas["Problem"]>): ApiProblem {
  return atQuantity(new ApiProblem(status, code, title, detail, errors));
}

/** Too few units are told at the quantity, which is what has to change. */
const atQuantity = (problem: ApiProblem): ApiProblem =>
  problem.code === "short"
    ? new ApiProblem(problem.status, problem.code, problem.title, problem.detail, [
        { pointer: "/quantity", code: problem.code, detail: problem.detail },
      ])
    : problem;
