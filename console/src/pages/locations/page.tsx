import { ShopOutlined } from "@ant-design/icons";
import { definePage } from "@/pages/page";
import { oneWords, words } from "@/pages/locations/words";

export default [
  definePage({
    name: "locations",
    path: "/locations",
    scope: "locations:read",
    nav: { group: "network", order: 20, icon: ShopOutlined },
    words,
    load: () => import("./View"),
  }),
  definePage({
    name: "locations-one",
    path: "/locations/:code",
    scope: "fulfilment:read",
    words: oneWords,
    load: () => import("./One"),
  }),
];
