import { Skeleton } from "antd";
import { useCommon } from "@/words/common";

/** The outline of a page that is being loaded; `whole` where even the frame is not there yet. */
export function PageSkeleton({ whole = false }: { whole?: boolean }) {
  const t = useCommon();
  return (
    <div role="status" aria-label={t("loading")} style={{ padding: whole ? 24 : 0 }}>
      <Skeleton active title={{ width: 280 }} paragraph={{ rows: 1, width: 420 }} />
      <Skeleton active title={false} paragraph={{ rows: 8, width: "100%" }} style={{ marginTop: 24 }} />
    </div>
  );
}
