import { Skeleton } from "antd";
import { lazy, Suspense } from "react";
import type { ChartProps } from "@/ui/ChartView";

const View = lazy(() => import("@/ui/ChartView"));

/** An ECharts chart in the theme that is on; the library is loaded with the first chart. */
export function Chart(props: ChartProps) {
  return (
    <Suspense fallback={<Skeleton.Node active style={{ width: "100%", height: props.height }} />}>
      <View {...props} />
    </Suspense>
  );
}
