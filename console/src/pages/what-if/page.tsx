import { ExperimentOutlined } from "@ant-design/icons";
import { definePage } from "@/pages/page";
import { words } from "@/pages/what-if/words";

export default definePage({
  name: "what-if",
  path: "/what-if",
  scope: "policies:write",
  nav: { group: "rules", order: 62, icon: ExperimentOutlined },
  words,
  load: () => import("./View"),
});
