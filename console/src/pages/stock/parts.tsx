import { Flex } from "antd";
import { Link } from "react-router";
import type { Schemas } from "@/api/client";
import { useLook } from "@/app/look";
import { usePhone, type Language } from "@/app/preferences";
import { COUNTERS, shares, type Counter, type Counters } from "@/pages/stock/counters";
import { words } from "@/pages/stock/words";
import { Quantity } from "@/ui/Figures";
import { useWords } from "@/words/words";

export type Bucket = Schemas["Bucket"];

export const bucketPath = (row: { location: string; offer: string }, counter?: Counter): string =>
  `/stock/${encodeURIComponent(row.location)}/${encodeURIComponent(row.offer)}${counter === undefined ? "" : `?counter=${counter}`}`;

export function nameOf(name: Schemas["Offer"]["name"], language: Language): string {
  if (typeof name === "string") return name;
  return name[language] ?? name["zh-CN"] ?? name.und ?? Object.values(name)[0] ?? "";
}

/** Columns of counters; each number opens the movements behind it. */
export function useCounterColumns<Row extends Counters>(
  to: (row: Row, counter: Counter) => string | undefined,
) {
  const t = useWords(words);
  const look = useLook();
  const phone = usePhone();
  const shown: readonly Counter[] = phone ? ["available", "reserved", "on_hand"] : COUNTERS;
  return shown.map((counter) => ({
    key: counter,
    title: t(counter),
    align: "right" as const,
    width: phone ? 64 : 112,
    render: (_: unknown, row: Row) => {
      const short = counter === "available" && row.available < 0;
      const zero = row[counter] === 0 && counter !== "available";
      return (
        <span style={short ? { color: look.tone.danger.text, fontWeight: 600 } : undefined}>
          {zero ? (
            <span className="num muted">0</span>
          ) : (
            <Quantity value={row[counter]} to={to(row, counter)} />
          )}
        </span>
      );
    },
  }));
}

/** What is on hand as a bar: available, reserved, unavailable; and what is promised and not there. */
export function CounterBar({ now }: { now: Counters }) {
  const t = useWords(words);
  const look = useLook();
  const ink = {
    available: look.tone.success.mark,
    reserved: look.tone.info.mark,
    unavailable: look.tone.neutral.mark,
    missing: look.tone.danger.mark,
  };
  const parts = shares(now);
  return (
    <Flex vertical gap={8}>
      <div
        role="img"
        aria-label={t("equation", { ...now })}
        style={{
          display: "flex",
          gap: 2,
          height: 12,
          borderRadius: 3,
          overflow: "hidden",
          background: look.line,
        }}
      >
        {parts.map(({ key, share }) => (
          <div key={key} style={{ width: `${share}%`, background: ink[key] }} />
        ))}
      </div>
      <Flex wrap gap="4px 16px" style={{ fontSize: 13 }}>
        {parts.map(({ key }) => (
          <span key={key}>
            <i
              aria-hidden
              style={{
                display: "inline-block",
                width: 8,
                height: 8,
                borderRadius: 2,
                background: ink[key],
                marginInlineEnd: 6,
              }}
            />
            {t(key)} <Quantity value={key === "missing" ? -now.available : now[key]} />
          </span>
        ))}
      </Flex>
    </Flex>
  );
}

/** Code and name of something, in two lines that fit a dense table. */
export function Named({ code, name, to }: { code: string; name: string; to: string }) {
  return (
    <Link to={to} title={code}>
      {name || code} {name && <span className="mono muted">{code}</span>}
    </Link>
  );
}
