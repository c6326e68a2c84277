import { BarChart, LineChart, PieChart, ScatterChart } from "echarts/charts";
import {
  AriaComponent,
  DatasetComponent,
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  TooltipComponent,
} from "echarts/components";
import * as echarts from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { useEffect, useEffectEvent, useMemo, useRef } from "react";
import { useLook } from "@/app/look";
import { useCalm } from "@/app/preferences";
import { FONT, type Look } from "@/theme";

echarts.use([
  AriaComponent,
  BarChart,
  CanvasRenderer,
  DatasetComponent,
  GridComponent,
  LegendComponent,
  LineChart,
  MarkLineComponent,
  PieChart,
  ScatterChart,
  TooltipComponent,
]);

export type ChartOption = echarts.EChartsCoreOption;

export interface ChartProps {
  /** ECharts' own option; colours, fonts and axes come from the theme. */
  option: ChartOption;
  /** px */
  height: number;
  /** What it shows, for those who can't see it; the figures themselves stand in a table or in words nearby. */
  label: string;
  onClick?: (params: { seriesName?: string; name: string; dataIndex: number; data: unknown }) => void;
}

/** Axes, legends and tooltips in the colours of the theme. */
function themed(look: Look): object {
  const axis = {
    axisLine: { lineStyle: { color: look.border } },
    axisTick: { show: false },
    axisLabel: { color: look.muted },
    splitLine: { lineStyle: { color: look.line } },
    nameTextStyle: { color: look.muted },
  };
  return {
    color: [...look.categories],
    backgroundColor: "transparent",
    textStyle: { fontFamily: FONT, color: look.text },
    legend: { textStyle: { color: look.text }, itemWidth: 12, itemHeight: 8, icon: "rect" },
    tooltip: {
      backgroundColor: look.raised,
      borderColor: look.border,
      textStyle: { color: look.text, fontSize: 13 },
    },
    categoryAxis: { ...axis, splitLine: { show: false } },
    valueAxis: { ...axis, axisLine: { show: false } },
    timeAxis: axis,
    logAxis: axis,
  };
}

export default function ChartView({ option, height, label, onClick }: ChartProps) {
  const frame = useRef<HTMLDivElement>(null);
  const chart = useRef<echarts.ECharts>(undefined);
  const look = useLook();
  const calm = useCalm();
  const clicked = useEffectEvent((params: unknown) => onClick?.(params as never));
  const theme = useMemo(() => themed(look), [look]);

  useEffect(() => {
    const element = frame.current!;
    const made = (chart.current = echarts.init(element, theme));
    made.on("click", (params) => clicked(params));
    const observer = new ResizeObserver(() => made.resize());
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.dispose();
      chart.current = undefined;
    };
  }, [theme]);

  useEffect(() => {
    chart.current?.setOption({ animation: !calm, animationDuration: 200, ...option }, { notMerge: true });
  }, [option, calm, theme]);

  return <div ref={frame} role="img" aria-label={label} style={{ width: "100%", height }} />;
}
