/** Which policies, on which orders. */
import { Button, Card, Flex, Form, Input, Segmented, Select } from "antd";
import { useEffect, useState } from "react";
import type { Draft } from "@/pages/policy/draft";
import type { Version } from "@/pages/policy/model";
import { type Chosen, lastNovember, type Wanted } from "@/pages/what-if/model";
import { words } from "@/pages/what-if/words";
import { NumberField } from "@/ui/NumberField";
import type { Path } from "@/ui/pointer";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { useProblemForm } from "@/ui/useProblemForm";
import { useWords } from "@/words/words";

const COUNT = 20_000;

interface Values {
  first: Chosen;
  second: Chosen;
  from: string;
  to: string;
  generate: number;
  seed: number;
}

/** Which field shows what is wrong with a part of the body. */
const at = (path: Path): Path =>
  path[0] === "policies" && path.length > 1 ? [path[1] === 0 ? "first" : "second"] : path.slice(0, 1);

export function Ask({
  draft,
  versions,
  from,
  to,
  busy,
  error,
  onRun,
}: {
  draft: Draft | null;
  versions: readonly Version[];
  from?: string;
  to?: string;
  busy: boolean;
  error: unknown;
  onRun: (wanted: Wanted) => void;
}) {
  const t = useWords(words);
  const [form] = Form.useForm<Values>();
  const problems = useProblemForm(form, at);
  const [which, setWhich] = useState<"real" | "made_up">("real");
  const [usualFrom, usualTo] = lastNovember(new Date());
  const { show, clear } = problems;
  useEffect(() => {
    if (error !== null && error !== undefined) show(error);
    else clear();
  }, [error, show, clear]);
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
  const run = ({ first, second, seed, from: begin, to: end, generate }: Values) =>
    onRun({
      policies: [asked(first), asked(second)],
      ...(which === "real" ? { from: begin, to: end } : { generate, seed }),
    });
  const usual: Values = {
    first: "now",
    second: draft === null ? "now" : "draft",
    from: from ?? usualFrom,
    to: to ?? usualTo,
    generate: COUNT,
    seed: 1,
  };
  return (
    <Card size="small">
      <Form<Values>
        form={form}
        layout="vertical"
        initialValues={usual}
        onFinish={run}
        style={{ marginBottom: -8 }}
      >
        <Flex gap="0 16px" wrap align="flex-start">
          {(["first", "second"] as const).map((name) => (
            <Form.Item key={name} name={name} label={t(name)} style={{ flex: "1 1 180px", marginBottom: 8 }}>
              <Select options={options} />
            </Form.Item>
          ))}
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
          {which === "real"
            ? (["from", "to"] as const).map((name) => (
                <Form.Item key={name} name={name} label={t(name)} style={{ marginBottom: 8, width: 160 }}>
                  <Input type="date" />
                </Form.Item>
              ))
            : (["generate", "seed"] as const).map((name) => (
                <Form.Item
                  key={name}
                  name={name}
                  label={t(name)}
                  style={{ marginBottom: 8, width: name === "seed" ? 104 : 240 }}
                >
                  <NumberField
                    suffix={name === "generate" && <span className="muted">{t("count_unit")}</span>}
                  />
                </Form.Item>
              ))}
          <Form.Item label=" " colon={false} style={{ marginBottom: 8 }}>
            <Button type="primary" htmlType="submit" loading={busy}>
              {t("run")}
            </Button>
          </Form.Item>
        </Flex>
      </Form>
      {problems.problem !== null && <ProblemAlert error={problems.problem} fields={problems.elsewhere} />}
    </Card>
  );
}
