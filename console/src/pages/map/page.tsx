import { EnvironmentOutlined } from "@ant-design/icons";
import { words } from "@/pages/map/words";
import { definePage } from "@/pages/page";

export default definePage({
  name: "map",
  path: "/map",
  scope: "fulfilment:read",
  nav: { group: "network", order: 10, icon: EnvironmentOutlined },
  words,
  load: () => import("./View"),
});
