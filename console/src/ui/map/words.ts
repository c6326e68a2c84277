import { defineWords } from "@/words/words";

export const words = defineWords({
  en: {
    zoom_in: "Zoom in",
    zoom_out: "Zoom out",
    whole: "Show everything",
    source: "Regions: Apache ECharts, simplified",
    inset: "South China Sea Islands",
    no_webgl: "This browser can't draw maps",
    no_webgl_detail:
      "WebGL is switched off or missing. All that the map shows stands in the lists beside it.",
  },
  zh: {
    zoom_in: "放大",
    zoom_out: "缩小",
    whole: "显示全部",
    source: "区划数据：Apache ECharts，已简化",
    inset: "南海诸岛",
    no_webgl: "此浏览器无法绘制地图",
    no_webgl_detail: "WebGL 未启用或不受支持。地图上的内容在旁边的列表中都能看到。",
  },
});
