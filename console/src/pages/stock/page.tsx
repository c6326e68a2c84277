import { InboxOutlined, TagsOutlined, WarningOutlined } from "@ant-design/icons";
import { definePage } from "@/pages/page";
import {
  bucketWords,
  exceptionWords,
  movementWords,
  offersWords,
  offerWords,
  reservationWords,
  stockWords,
} from "@/pages/stock/words";

export default [
  definePage({
    name: "stock",
    path: "/stock",
    scope: "stock:read",
    nav: { group: "network", order: 30, icon: InboxOutlined },
    words: stockWords,
    load: () => import("./StockView"),
  }),
  definePage({
    name: "stock-record",
    path: "/stock/:location/:offer",
    scope: "stock:read",
    words: bucketWords,
    load: () => import("./BucketView"),
  }),
  definePage({
    name: "movements",
    path: "/movements",
    scope: "stock:read",
    words: movementWords,
    load: () => import("./MovementsView"),
  }),
  definePage({
    name: "reservation",
    path: "/reservations/:id",
    scope: "reservations:read",
    words: reservationWords,
    load: () => import("./ReservationView"),
  }),
  definePage({
    name: "exceptions",
    path: "/exceptions",
    scope: "stock:read",
    nav: { group: "network", order: 35, icon: WarningOutlined },
    words: exceptionWords,
    load: () => import("./ExceptionsView"),
  }),
  definePage({
    name: "offers",
    path: "/offers",
    scope: "offers:read",
    nav: { group: "network", order: 40, icon: TagsOutlined },
    words: offersWords,
    load: () => import("./OffersView"),
  }),
  definePage({
    name: "offer",
    path: "/offers/:sku",
    scope: "offers:read",
    words: offerWords,
    load: () => import("./OfferView"),
  }),
];
