import { AuditOutlined } from "@ant-design/icons";
import { definePage } from "@/pages/page";
import { words } from "@/pages/audit/words";

export default definePage({
  name: "audit",
  path: "/audit",
  scope: "audit:read",
  nav: { group: "people", order: 90, icon: AuditOutlined },
  words,
  load: () => import("./View"),
});
