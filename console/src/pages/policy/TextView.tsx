/** The draft as text, for those who think in JSON. */
import { Input } from "antd";
import { useState } from "react";
import { isPolicy } from "@/pages/policy/draft";
import type { Policy } from "@/pages/policy/model";
import { words } from "@/pages/policy/words";
import { MONO } from "@/theme";
import { useWords } from "@/words/words";

const written = (policy: Policy): string => JSON.stringify(policy, null, 2);

export function TextView({
  policy,
  errors,
  disabled,
  onChange,
}: {
  policy: Policy;
  errors: ReadonlyMap<string, readonly string[]>;
  disabled: boolean;
  onChange: (policy: Policy) => void;
}) {
  const t = useWords(words);
  const [text, setText] = useState(() => written(policy));
  const [fault, setFault] = useState("");
  const change = (next: string) => {
    setText(next);
    try {
      const value: unknown = JSON.parse(next);
      if (!isPolicy(value)) return setFault(t("text_not_policy"));
      setFault("");
      onChange(value);
    } catch (error) {
      setFault(t("text_not_json", { why: error instanceof Error ? error.message : String(error) }));
    }
  };
  return (
    <div>
      <p id="policy-text-help" className="muted" style={{ marginTop: 0 }}>
        {t("text_help")}
      </p>
      <Input.TextArea
        aria-label={t("text_label")}
        aria-describedby="policy-text-help policy-text-faults"
        value={text}
        readOnly={disabled}
        status={fault !== "" || errors.size > 0 ? "error" : undefined}
        onChange={(event) => change(event.target.value)}
        autoSize={{ minRows: 24, maxRows: 60 }}
        spellCheck={false}
        style={{ fontFamily: MONO, fontSize: 13 }}
      />
      <ul
        id="policy-text-faults"
        role={fault !== "" || errors.size > 0 ? "alert" : undefined}
        className="ant-form-item-explain-error"
        style={{ paddingInlineStart: 20 }}
      >
        {fault !== "" && <li>{fault}</li>}
        {[...errors].map(([pointer, told]) => (
          <li key={pointer}>
            <code className="mono">{pointer}</code> {told.join(" ")}
          </li>
        ))}
      </ul>
    </div>
  );
}
