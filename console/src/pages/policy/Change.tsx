import { useLook } from "@/app/look";
import { usePreferences } from "@/app/preferences";
import { money, quantity } from "@/ui/format";

/** A difference: in words of the sign, and coloured where more or less of it is good. */
export function Change({
  by,
  currency,
  good,
  digits = 0,
  unit = "",
}: {
  by: number;
  currency?: string;
  good?: "more" | "less";
  digits?: number;
  unit?: string;
}) {
  const { language } = usePreferences();
  const look = useLook();
  if (by === 0) return <span className="num muted">0</span>;
  const size =
    currency === undefined
      ? quantity(Math.abs(by), language, digits) + unit
      : money(Math.abs(by), currency, language);
  const tone = good === undefined ? undefined : by > 0 === (good === "more") ? "success" : "danger";
  return (
    <span className="num" style={{ color: tone === undefined ? undefined : look.tone[tone].text }}>
      {by > 0 ? "+" : "−"}
      {size}
    </span>
  );
}
