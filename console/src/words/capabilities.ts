/** What locations can do. */
import { defineWords } from "@/words/words";

export const capabilityWords = defineWords({
  en: {
    ship: "Ships parcels",
    same_day: "Same-day delivery",
    pick_up: "Pick-up",
    returns: "Takes returns",
    fitting: "Fitting",
    alterations: "Alterations",
    repair: "Repair",
    installation: "Installation",
    click_and_reserve: "Click and reserve",
    lockers: "Lockers",
  },
  zh: {
    ship: "快递发货",
    same_day: "同城配送",
    pick_up: "到店自提",
    returns: "受理退货",
    fitting: "试穿",
    alterations: "改衣",
    repair: "维修",
    installation: "安装",
    click_and_reserve: "线上预留",
    lockers: "自提柜",
  },
});
export type Capability = keyof typeof capabilityWords.en;
