import { ApartmentOutlined } from "@ant-design/icons";
import { definePage } from "@/pages/page";
import { words } from "@/pages/policy/words";

export default definePage({
  name: "policy",
  path: "/policy",
  scope: "policies:read",
  nav: { group: "rules", order: 60, icon: ApartmentOutlined },
  words,
  load: () => import("./View"),
});
