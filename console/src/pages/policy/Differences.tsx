import { useMemo } from "react";
import { differences } from "@/pages/policy/diff";
import type { Policy } from "@/pages/policy/model";
import { words } from "@/pages/policy/words";
import { DataTable } from "@/ui/DataTable";
import { useWords } from "@/words/words";

/** What one policy says and the other does not, side by side. */
export function Differences({
  before,
  after,
  names,
}: {
  before: Policy;
  after: Policy;
  names: [string, string];
}) {
  const t = useWords(words);
  const found = useMemo(() => differences(before, after, t), [before, after, t]);
  if (found.length === 0) return <p className="muted">{t("same")}</p>;
  return (
    <DataTable
      label={t("summary")}
      rowKey="at"
      dataSource={found}
      sticky={false}
      columns={[
        { key: "what", title: t("what"), dataIndex: "what" },
        {
          key: "before",
          title: names[0],
          render: (_, one) => <Said text={one.before} none={t("not_there")} />,
        },
        {
          key: "after",
          title: names[1],
          render: (_, one) => (
            <strong>
              <Said text={one.after} none={t("not_there")} />
            </strong>
          ),
        },
      ]}
    />
  );
}

const Said = ({ text, none }: { text: string; none: string }) =>
  text === "" ? <span className="muted">{none}</span> : <span className="num">{text}</span>;
