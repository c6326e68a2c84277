import { definePage } from "@/pages/page";
import { words } from "@/pages/track/words";

export default definePage({
  name: "track",
  path: "/t/:token",
  frame: "public",
  words,
  load: () => import("./View"),
});
