import { ShopOutlined } from "@ant-design/icons";
import { leaving } from "@/api/me";
import { words } from "@/pages/store/words";
import { definePage } from "@/pages/page";

// tasks that were kept for reading without a network go with the session
leaving.add(async () => (await import("@/pages/store/floor")).floor.leave());

const load = () => import("./View");

/** The associate's screens have a frame of their own, made for one thumb. */
export default [
  definePage({
    name: "store",
    path: "/store",
    scope: "fulfilment:write",
    nav: { group: "operate", order: 60, icon: ShopOutlined, phone: true },
    frame: "bare",
    words,
    load,
  }),
  definePage({
    name: "store-below",
    path: "/store/*",
    scope: "fulfilment:write",
    frame: "bare",
    words,
    load,
  }),
];
