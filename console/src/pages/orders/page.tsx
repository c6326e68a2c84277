import { ProfileOutlined } from "@ant-design/icons";
import { definePage } from "@/pages/page";
import { words } from "@/pages/orders/words";

export default definePage({
  name: "orders",
  path: "/orders",
  scope: "orders:read",
  nav: { group: "operate", order: 20, icon: ProfileOutlined, phone: true },
  words,
  load: () => import("./View"),
});
