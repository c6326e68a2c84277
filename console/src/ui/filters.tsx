/** What bars of filters have in common. */
import { Button, DatePicker } from "antd";
import dayjs, { type Dayjs } from "dayjs";
import { useCommon } from "@/words/common";

const shown = (instant: string | undefined): Dayjs | null => {
  const at = dayjs(instant ?? null);
  return at.isValid() ? at : null; // an address may say anything
};

/** From when until when, to the minute; either may be left open. */
export function TimeRange({
  label,
  from,
  to,
  width,
  status,
  onChange,
}: {
  label: string;
  from: string | undefined;
  to: string | undefined;
  width: number | string;
  status?: "error" | undefined;
  onChange: (from: string | undefined, to: string | undefined) => void;
}) {
  return (
    <DatePicker.RangePicker
      aria-label={label}
      showTime={{ format: "HH:mm" }}
      format="MM-DD HH:mm"
      allowEmpty={[true, true]}
      status={status}
      value={[shown(from), shown(to)]}
      style={{ width }}
      onChange={(range) => onChange(range?.[0]?.toISOString(), range?.[1]?.toISOString())}
    />
  );
}

/** Takes all filters of these names off. */
export function ClearFilters<Name extends string>({
  names,
  onChange,
}: {
  names: readonly Name[];
  onChange: (none: Partial<Record<Name, undefined>>) => void;
}) {
  const t = useCommon();
  return (
    <Button
      type="link"
      onClick={() => onChange(Object.fromEntries(names.map((name) => [name, undefined])) as never)}
    >
      {t("clear_filters")}
    </Button>
  );
}
