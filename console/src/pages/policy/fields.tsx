/** Fields of the draft: each at its JSON pointer, with its unit, its help, and what the API says of it. */
import { Checkbox, Flex, Form, Input, InputNumber, Select } from "antd";
import { createContext, useContext, useId, type ReactNode } from "react";
import { usePhone } from "@/app/preferences";
import { digitsOf } from "@/pages/policy/diff";
import { useClear } from "@/ui/useClear";

export interface Editing {
  errors: ReadonlyMap<string, readonly string[]>;
  disabled: boolean;
  currency: string;
}

export const EditingContext = createContext<Editing>({ errors: new Map(), disabled: true, currency: "CNY" });

/** What the API says of a field, or of anything below it. */
function useErrors(at: string, below: boolean): string[] {
  const { errors } = useContext(EditingContext);
  const found = [...(errors.get(at) ?? [])];
  if (below) for (const [pointer, told] of errors) if (pointer.startsWith(`${at}/`)) found.push(...told);
  return [...new Set(found)];
}

interface FieldProps {
  at: string;
  label: string;
  help?: string;
  width?: number | string;
}

function Field({
  at,
  label,
  help,
  width,
  below = false,
  children,
}: FieldProps & { below?: boolean; children: (id: string, described: string | undefined) => ReactNode }) {
  const id = useId();
  const errors = useErrors(at, below);
  const told = errors.length > 0 || help !== undefined;
  const phone = usePhone();
  return (
    <Form.Item
      layout="vertical"
      label={label}
      htmlFor={id}
      validateStatus={errors.length > 0 ? "error" : undefined}
      help={
        told ? (
          <span id={`${id}-told`} role={errors.length > 0 ? "alert" : undefined}>
            {errors.length > 0 ? errors.join(" ") : help}
          </span>
        ) : undefined
      }
      style={{ width: phone ? "100%" : width, marginBottom: 8 }}
      data-pointer={at}
    >
      {children(id, told ? `${id}-told` : undefined)}
    </Form.Item>
  );
}

const described = (id: string | undefined): { "aria-describedby"?: string } =>
  id === undefined ? {} : { "aria-describedby": id };

/** A number with its unit. */
export function NumberField({
  value,
  onChange,
  unit,
  placeholder,
  step,
  ...field
}: FieldProps & {
  value: number | null | undefined;
  onChange: (value: number | null) => void;
  unit?: string;
  placeholder?: string;
  step?: number;
}) {
  const { disabled } = useContext(EditingContext);
  return (
    <Field width={160} {...field}>
      {(id, told) => (
        <InputNumber<number>
          id={id}
          {...described(told)}
          value={value ?? null}
          onChange={onChange}
          disabled={disabled}
          suffix={unit}
          placeholder={placeholder}
          step={step}
          style={{ width: "100%" }}
        />
      )}
    </Field>
  );
}

/** Money: minor units in the policy, units of the currency on the screen. */
export function MoneyField({
  value,
  onChange,
  ...field
}: FieldProps & { value: number | null | undefined; onChange: (minor: number | null) => void }) {
  const { currency } = useContext(EditingContext);
  const scale = 10 ** digitsOf(currency);
  return (
    <NumberField
      {...field}
      value={value === null || value === undefined ? null : exact(value / scale)}
      onChange={(units) => onChange(units === null ? null : exact(units * scale))}
      unit={currency}
      step={0.01}
    />
  );
}

/** Without the tail that binary fractions leave. */
const exact = (value: number): number => Math.round(value * 1e8) / 1e8;

export function FlagField({
  label,
  help,
  at,
  value,
  onChange,
}: FieldProps & { value: boolean | undefined; onChange: (value: boolean) => void }) {
  const { disabled } = useContext(EditingContext);
  const id = useId();
  const errors = useErrors(at, false);
  return (
    <div style={{ marginBottom: 8 }} data-pointer={at}>
      <Checkbox
        id={id}
        checked={value ?? false}
        disabled={disabled}
        onChange={(event) => onChange(event.target.checked)}
      >
        {label}
      </Checkbox>
      {errors.length > 0 ? (
        <div role="alert" className="ant-form-item-explain-error">
          {errors.join(" ")}
        </div>
      ) : (
        help !== undefined && (
          <div className="muted" style={{ fontSize: 13, paddingInlineStart: 24 }}>
            {help}
          </div>
        )
      )}
    </div>
  );
}

export interface Choice<V extends string> {
  value: V;
  label: string;
}

export function ChoiceField<V extends string>({
  value,
  onChange,
  options,
  clearable = false,
  placeholder,
  ...field
}: FieldProps & {
  value: V | undefined;
  onChange: (value: V | undefined) => void;
  options: readonly Choice<V>[];
  clearable?: boolean;
  placeholder?: string;
}) {
  const { disabled } = useContext(EditingContext);
  const clear = useClear();
  return (
    <Field width={200} {...field}>
      {(id, told) => (
        <Select<V>
          id={id}
          {...described(told)}
          aria-label={field.label}
          value={value}
          onChange={onChange}
          options={[...options]}
          disabled={disabled}
          allowClear={clearable && clear}
          placeholder={placeholder}
          style={{ width: "100%" }}
        />
      )}
    </Field>
  );
}

export function ChoicesField<V extends string>({
  value,
  onChange,
  options,
  placeholder,
  ...field
}: FieldProps & {
  value: readonly V[] | undefined;
  onChange: (value: V[]) => void;
  options: readonly Choice<V>[];
  placeholder: string;
}) {
  const { disabled } = useContext(EditingContext);
  return (
    <Field width={280} below {...field}>
      {(id, told) => (
        <Select<V[]>
          id={id}
          {...described(told)}
          aria-label={field.label}
          mode="multiple"
          value={[...(value ?? [])]}
          onChange={onChange}
          options={[...options]}
          disabled={disabled}
          placeholder={placeholder}
          maxTagCount="responsive"
          showSearch={{ optionFilterProp: "label" }}
          style={{ width: "100%" }}
        />
      )}
    </Field>
  );
}

export function TextField({
  value,
  onChange,
  placeholder,
  ...field
}: FieldProps & { value: string | undefined; onChange: (value: string) => void; placeholder?: string }) {
  const { disabled } = useContext(EditingContext);
  return (
    <Field width={180} {...field}>
      {(id, told) => (
        <Input
          id={id}
          {...described(told)}
          value={value ?? ""}
          onChange={(event) => onChange(event.target.value)}
          disabled={disabled}
          placeholder={placeholder}
        />
      )}
    </Field>
  );
}

/** Fields beside each other, below each other where there is no room. */
export const Row = ({ children }: { children: ReactNode }) => (
  <Flex wrap gap="0 16px" align="start">
    {children}
  </Flex>
);
