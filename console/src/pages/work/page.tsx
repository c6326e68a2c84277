import { CarryOutOutlined } from "@ant-design/icons";
import { definePage } from "@/pages/page";
import { words } from "@/pages/work/words";

export default definePage({
  name: "work",
  path: "/work",
  scope: "fulfilment:read",
  nav: { group: "operate", order: 25, icon: CarryOutOutlined },
  words,
  load: () => import("./View"),
});
