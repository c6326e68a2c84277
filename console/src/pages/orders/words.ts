import { defineWords } from "@/words/words";

export const words = defineWords({
  en: {
    nav: "Orders",
    title: "Which orders need somebody?",
  },
  zh: {
    nav: "订单",
    title: "哪些订单需要有人处理？",
  },
});
