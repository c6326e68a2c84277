import { Input, type InputProps } from "antd";
import { numberOf } from "@/ui/numberOf";

/**
 * A number in a form. Nothing that was typed is dropped: where an empty field means "all", letters that vanished would
 * mean it too.
 */
export function NumberField({
  value,
  onChange,
  ...props
}: Omit<InputProps, "value" | "onChange"> & {
  value?: number | string | null;
  onChange?: (value: number | string | undefined) => void;
}) {
  return (
    <Input
      inputMode="decimal"
      autoComplete="off"
      {...props}
      value={value ?? ""}
      onChange={({ target }) => onChange?.(target.value === "" ? undefined : target.value)}
      onBlur={() => typeof value === "string" && onChange?.(numberOf(value))}
    />
  );
}
