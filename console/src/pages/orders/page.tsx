import { ProfileOutlined } from "@ant-design/icons";
import { words } from "@/pages/orders/words";
import { definePage } from "@/pages/page";

export default [
  definePage({
    name: "orders",
    path: "/orders",
    scope: "orders:read",
    nav: { group: "operate", order: 20, icon: ProfileOutlined, phone: true },
    words,
    load: () => import("./View"),
  }),
  definePage({
    name: "order",
    path: "/orders/:id",
    scope: "orders:read",
    words,
    load: () => import("./OrderView"),
  }),
];
