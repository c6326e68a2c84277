import { TeamOutlined } from "@ant-design/icons";
import { definePage } from "@/pages/page";
import { words } from "@/pages/people/words";

export default definePage({
  name: "people",
  path: "/people",
  scope: "people:read",
  nav: { group: "people", order: 80, icon: TeamOutlined },
  words,
  load: () => import("./View"),
});
