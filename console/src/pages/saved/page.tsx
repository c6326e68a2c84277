import { definePage } from "@/pages/page";
import { words } from "@/pages/saved/words";

/** The address of a saved view: leads to its page with its filters. */
export default definePage({
  name: "saved",
  path: "/v/:id",
  words,
  load: () => import("./View"),
});
