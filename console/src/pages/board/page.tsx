import { DashboardOutlined } from "@ant-design/icons";
import { definePage } from "@/pages/page";
import { words } from "@/pages/board/words";

export default [
  definePage({
    name: "board",
    path: "/",
    scope: "orders:read",
    nav: { group: "operate", order: 10, icon: DashboardOutlined, phone: true },
    words,
    load: () => import("./View"),
  }),
  definePage({
    name: "board-sold-out",
    path: "/sold-out",
    scope: "stock:read",
    words: {
      en: { nav: "Sold out", title: "What can nobody sell any more?" },
      zh: { nav: "已售罄", title: "哪些商品已全网售罄？" },
    },
    load: () => import("./SoldOut"),
  }),
];
