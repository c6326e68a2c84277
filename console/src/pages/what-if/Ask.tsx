/** Which policies, on which orders. */
import { Button, Card, Flex, Form, Input, InputNumber, Segmented, Select } from "antd";
import { useState } from "react";
import type { Draft } from "@/pages/policy/draft";
import type { Version } from "@/pages/policy/model";
import { type Chosen, lastNovember, type Wanted } from "@/pages/what-if/model";
import { words } from "@/pages/what-if/words";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { useWords } from "@/words/words";

const COUNT = 20_000;
const MOST = 1_000_000;

export function Ask({
  draft,
  versions,
  from,
  to,
  policy,
  busy,
  error,
  onRun,
}: {
  draft: Draft | null;
  versions: readonly Version[];
  from?: string;
  to?: string;
  policy?: string;
  busy: boolean;
  error: unknown;
  onRun: (wanted: Wanted) => void;
}) {
  const t = useWords(words);
  const [usualFrom, usualTo] = lastNovember(new Date());
  const [first, setFirst] = useState<Chosen>("now");
  const [second, setSecond] = useState<Chosen>(
    policy === "draft" && draft !== null ? "draft" : draft !== null ? "draft" : "now",
  );
  const [which, setWhich] = useState<"real" | "made_up">("real");
  const [span, setSpan] = useState<[string, string]>([from ?? usualFrom, to ?? usualTo]);
  const [count, setCount] = useState(COUNT);
  const [seed, setSeed] = useState(1);
  const options = [
    { value: "now" as Chosen, label: t("in_force") },
    ...(draft === null ? [] : [{ value: "draft" as Chosen, label: t("draft") }]),
    ...versions.map((one) => ({
      value: String(one.version) as Chosen,
      label: t("version", { version: one.version }) + (one.note === "" ? "" : `: ${one.note}`),
    })),
  ];
  const asked = (chosen: Chosen): Wanted["policies"][number] =>
    chosen === "now"
      ? { name: t("in_force") }
      : chosen === "draft" && draft !== null
        ? { name: t("draft"), policy: draft.policy }
        : { name: t("version", { version: chosen }), version: Number(chosen) };
  const run = () =>
    onRun({
      policies: [asked(first), asked(second)],
      seed,
      ...(which === "real" ? { from: span[0], to: span[1] } : { generate: count }),
    });
  return (
    <Card size="small">
      <Form layout="vertical" onFinish={run} style={{ marginBottom: -8 }}>
        <Flex gap="0 16px" wrap align="flex-end">
          <Form.Item
            label={t("first")}
            htmlFor="what-if-first"
            style={{ flex: "1 1 180px", marginBottom: 8 }}
          >
            <Select id="what-if-first" value={first} onChange={setFirst} options={options} />
          </Form.Item>
          <Form.Item
            label={t("second")}
            htmlFor="what-if-second"
            style={{ flex: "1 1 180px", marginBottom: 8 }}
          >
            <Select id="what-if-second" value={second} onChange={setSecond} options={options} />
          </Form.Item>
          <Form.Item label={t("which")} style={{ marginBottom: 8 }}>
            <Segmented
              aria-label={t("which")}
              value={which}
              onChange={setWhich}
              options={[
                { value: "real", label: t("real") },
                { value: "made_up", label: t("made_up") },
              ]}
            />
          </Form.Item>
          {which === "real" ? (
            <Form.Item label={t("period")} htmlFor="what-if-from" style={{ marginBottom: 8 }}>
              <Flex gap={8}>
                <Input
                  id="what-if-from"
                  type="date"
                  value={span[0]}
                  onChange={(event) => setSpan([event.target.value, span[1]])}
                  style={{ width: 144 }}
                />
                <Input
                  aria-label={t("period")}
                  type="date"
                  value={span[1]}
                  onChange={(event) => setSpan([span[0], event.target.value])}
                  style={{ width: 144 }}
                />
              </Flex>
            </Form.Item>
          ) : (
            <>
              <Form.Item label={t("count")} htmlFor="what-if-count" style={{ marginBottom: 8 }}>
                <InputNumber<number>
                  id="what-if-count"
                  min={1}
                  max={MOST}
                  precision={0}
                  value={count}
                  onChange={(value) => setCount(value ?? COUNT)}
                  suffix={<span className="muted">{t("count_unit")}</span>}
                  style={{ width: 260 }}
                />
              </Form.Item>
              <Form.Item label={t("seed")} htmlFor="what-if-seed" style={{ marginBottom: 8 }}>
                <InputNumber<number>
                  id="what-if-seed"
                  min={0}
                  precision={0}
                  value={seed}
                  onChange={(value) => setSeed(value ?? 1)}
                  style={{ width: 88 }}
                />
              </Form.Item>
            </>
          )}
          <Form.Item style={{ marginBottom: 8 }}>
            <Button type="primary" htmlType="submit" loading={busy}>
              {t("run")}
            </Button>
          </Form.Item>
        </Flex>
      </Form>
      {error !== null && error !== undefined && <ProblemAlert error={error} />}
    </Card>
  );
}
