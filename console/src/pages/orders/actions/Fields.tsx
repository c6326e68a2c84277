import { AutoComplete, DatePicker, Form, Input, InputNumber, Select } from "antd";
import dayjs from "dayjs";
import type { ReactNode } from "react";
import { useChoices } from "@/api/choices";
import { columnsOf, type Action, type Column, type LineValue } from "@/pages/orders/actions/actions";
import { LocationSelect } from "@/pages/orders/LocationSelect";
import { useHere } from "@/pages/orders/useOrder";
import { words } from "@/pages/orders/words";
import { NumberField } from "@/ui/NumberField";
import { useCommon } from "@/words/common";
import { useWords } from "@/words/words";

const PAYMENT_KINDS = ["authorised", "captured", "paid", "refunded"] as const;

/** The fields of a step; what is right the API says, so nothing is checked twice. */
export function Fields({ action }: { action: Action }) {
  const t = useWords(words);
  const common = useCommon();
  switch (action.name) {
    case "reject":
      return (
        <>
          <RejectReason />
          <Text name="note" label={common("note")} />
          <LineFields columns={columnsOf(action.name)} hint={t("all_left")} />
        </>
      );
    case "pick":
      return <LineFields columns={columnsOf(action.name)} />;
    case "pack":
      return (
        <Form.Item name="boxes" label={t("boxes")}>
          <NumberField />
        </Form.Item>
      );
    case "ship":
      return (
        <>
          <Carrier />
          <Text name="tracking" label={t("tracking")} />
          <LineFields columns={columnsOf(action.name)} hint={t("all_left")} />
        </>
      );
    case "deliver":
      return <Text name="tracking" label={t("tracking")} />;
    case "ready":
      return (
        <Form.Item
          name="collect_by"
          label={t("collect_by")}
          getValueProps={(value?: string) => ({ value: value === undefined ? undefined : dayjs(value) })}
          normalize={(value: dayjs.Dayjs | null) => value?.toISOString()}
        >
          <DatePicker showTime={{ format: "HH:mm" }} format="YYYY-MM-DD HH:mm" style={{ width: "100%" }} />
        </Form.Item>
      );
    case "hand_over":
      return (
        <Form.Item name="code" label={t("code")}>
          <Input inputMode="numeric" autoComplete="off" />
        </Form.Item>
      );
    case "hold":
    case "re_route":
    case "return_reject":
      return <Text name="reason" label={common("reason")} />;
    case "cancel":
      return (
        <>
          <Text name="reason" label={common("reason")} />
          <LineFields columns={columnsOf(action.name)} hint={t("all_left")} />
        </>
      );
    case "edit":
      return <EditFields action={action} />;
    case "pay":
      return <PayFields />;
    case "return":
      return (
        <>
          <Form.Item name="location" label={common("location")}>
            <LocationSelect />
          </Form.Item>
          <LineFields columns={columnsOf(action.name)} reasons />
        </>
      );
    case "return_receive":
      return <LineFields columns={columnsOf(action.name)} />;
    case "return_complete":
      return (
        <>
          <Amount name="refunded" label={t("refund")} />
          <Text name="reference" label={t("reference")} />
        </>
      );
    case "accept":
    case "renew_code":
    case "expire":
    case "close":
    case "unhold":
    case "return_accept":
      return null;
  }
}

function Text({ name, label }: { name: string | (string | number)[]; label: string }) {
  return (
    <Form.Item name={name} label={label}>
      <Input autoComplete="off" />
    </Form.Item>
  );
}

function RejectReason() {
  const common = useCommon();
  const choices = useChoices();
  return (
    <Form.Item name="reason" label={common("reason")}>
      <Select
        loading={choices.isPending}
        options={choices.data?.reject_reasons.map(({ code, text }) => ({ value: code, label: text }))}
      />
    </Form.Item>
  );
}

function Carrier() {
  const t = useWords(words);
  const choices = useChoices();
  return (
    <Form.Item name="carrier" label={t("carrier")}>
      <AutoComplete
        options={choices.data?.carriers.map(({ code, name }) => ({
          value: code,
          label: `${name} · ${code}`,
        }))}
      />
    </Form.Item>
  );
}

function EditFields({ action }: { action: Action }) {
  const t = useWords(words);
  const place = action.initial.deliver_to !== undefined;
  const { order } = useHere();
  return (
    <>
      <LineFields columns={columnsOf(action.name)} hint={t("keep")} />
      {place && (
        <>
          <Text name={["deliver_to", "name"]} label={t("name")} />
          <Text name={["deliver_to", "phone"]} label={t("phone")} />
          <Text name={["deliver_to", "address"]} label={t("address")} />
        </>
      )}
      {order.pick_up_at !== undefined && (
        <Form.Item name="pick_up_at" label={t("new_pick_up")}>
          <LocationSelect placeholder={order.pick_up_at} />
        </Form.Item>
      )}
      <Form.Item name="notes" label={t("notes")}>
        <Input.TextArea autoSize={{ minRows: 2, maxRows: 5 }} />
      </Form.Item>
    </>
  );
}

function PayFields() {
  const t = useWords(words);
  return (
    <>
      <Form.Item name="kind" label={t("payment_kind")}>
        <Select options={PAYMENT_KINDS.map((value) => ({ value, label: t(value) }))} />
      </Form.Item>
      <Amount name="amount" label={t("amount")} />
      <Text name="reference" label={t("reference")} />
      <Text name="method" label={t("method")} />
    </>
  );
}

/** An amount typed in the currency's units, sent in its minor ones. */
function Amount({ name, label }: { name: string; label: string }) {
  const { order } = useHere();
  const format = new Intl.NumberFormat("en", { style: "currency", currency: order.currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  const scale = 10 ** digits;
  return (
    <Form.Item
      name={name}
      label={label}
      getValueProps={(minor?: number) => ({ value: typeof minor === "number" ? minor / scale : undefined })}
      normalize={(typed: number | null) => (typed === null ? undefined : Math.round(typed * scale))}
    >
      <InputNumber suffix={order.currency} precision={digits} style={{ width: "100%" }} />
    </Form.Item>
  );
}

/** So much of each line. */
function LineFields({
  columns,
  hint,
  reasons = false,
}: {
  columns: readonly Column[];
  hint?: ReactNode;
  reasons?: boolean;
}) {
  const t = useWords(words);
  const common = useCommon();
  const { names } = useHere();
  const form = Form.useFormInstance();
  const lines = (form.getFieldValue("lines") ?? []) as LineValue[];
  if (lines.length === 0) return null;
  const title = (column: Column) => (column === "quantity" ? common("quantity") : t(column));
  return (
    <fieldset style={{ border: 0, margin: 0, padding: 0 }}>
      <legend style={{ padding: 0, marginBottom: 4 }}>
        {t("lines")} {hint !== undefined && <span className="muted">({hint})</span>}
      </legend>
      {lines.map((line, at) => (
        <div key={line.line} style={{ display: "flex", flexWrap: "wrap", gap: 8, alignItems: "start" }}>
          <div style={{ flex: "1 1 160px", paddingTop: 5 }}>
            {names.offer(line.offer)} <span className="muted num">× {line.most}</span>
          </div>
          {columns.map((column) => (
            <Form.Item key={column} name={["lines", at, column]} style={{ width: 110, marginBottom: 8 }}>
              <NumberField
                aria-label={`${names.offer(line.offer)}: ${title(column)}`}
                placeholder={title(column)}
              />
            </Form.Item>
          ))}
          {reasons && (
            <Form.Item name={["lines", at, "reason"]} style={{ width: 150, marginBottom: 8 }}>
              <Input
                aria-label={`${names.offer(line.offer)}: ${common("reason")}`}
                placeholder={common("reason")}
              />
            </Form.Item>
          )}
        </div>
      ))}
    </fieldset>
  );
}
