import { Alert, Button } from "antd";
import { isProblem, type FieldProblem } from "@/api/problem";
import { useCommon } from "@/words/common";

/** Why something did not work, in the API's own words, and the way out. */
export function ProblemAlert({
  error,
  fields,
  onRetry,
  onClose,
}: {
  error: unknown;
  /** The fields to list here; all by default, those that no form field shows where useProblemForm is used. */
  fields?: FieldProblem[];
  onRetry?: () => void;
  onClose?: () => void;
}) {
  const t = useCommon();
  const problem = isProblem(error) ? error : undefined;
  const listed = fields ?? problem?.fields ?? [];
  return (
    <Alert
      type="error"
      showIcon
      role="alert"
      style={{ maxWidth: 720 }}
      title={problem?.title ?? t("unexpected")}
      closable={onClose === undefined ? false : { onClose, "aria-label": t("close") }}
      description={
        <>
          {problem === undefined ? t("unexpected_detail") : problem.detail}
          {listed.length > 0 && (
            <ul style={{ margin: "4px 0 0", paddingInlineStart: 20 }}>
              {listed.map((field) => (
                <li key={field.pointer + field.code}>
                  {field.pointer !== "" && <code className="mono">{field.pointer}</code>} {field.detail}
                </li>
              ))}
            </ul>
          )}
        </>
      }
      action={
        onRetry && (
          <Button size="small" onClick={onRetry}>
            {t("retry")}
          </Button>
        )
      }
    />
  );
}
