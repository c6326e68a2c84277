import { defineWords } from "@/words/words";

export const words = defineWords({
  en: { nav: "Saved view", title: "Opening the saved view" },
  zh: { nav: "视图", title: "正在打开视图" },
});
