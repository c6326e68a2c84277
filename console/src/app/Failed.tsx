import { Button, Result } from "antd";
import { useRouteError } from "react-router";
import { Link } from "react-router";
import { isProblem } from "@/api/problem";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { useCommon } from "@/words/common";

/** What is shown where a page failed; the navigation stays. */
export function Failed() {
  const error = useRouteError();
  const t = useCommon();
  if (isProblem(error)) return <ProblemAlert error={error} onRetry={() => location.reload()} />;
  return (
    <Result
      status="error"
      title={<h1 style={{ font: "inherit", margin: 0 }}>{t("unexpected")}</h1>}
      subTitle={t("unexpected_detail")}
      extra={
        <Button type="primary" onClick={() => location.reload()}>
          {t("retry")}
        </Button>
      }
    />
  );
}

export function NotFound() {
  const t = useCommon();
  return (
    <Result
      status="404"
      title={<h1 style={{ font: "inherit", margin: 0 }}>{t("not_found")}</h1>}
      subTitle={t("not_found_detail")}
      extra={<Link to="/">{t("back")}</Link>}
    />
  );
}
