import { Flex } from "antd";
import { liveWorks, nextStep, unserved, type Order } from "@/pages/orders/order";
import { words } from "@/pages/orders/words";
import { LocationLink } from "@/ui/Links";
import { StateTag } from "@/ui/StateTag";
import { useWords } from "@/words/words";

type StepKey = `do_${"accept" | "pick" | "pack" | "ship" | "deliver" | "ready" | "hand_over" | "unhold"}`;

/** What somebody has to do with an order next, and who. */
export function Next({ order, names }: { order: Order; names?: ReadonlyMap<string, string> }) {
  const t = useWords(words);
  const open = unserved(order);
  const works = liveWorks(order);
  if (open === 0 && works.length === 0) return <span className="muted">{t("nothing_next")}</span>;
  return (
    <Flex vertical gap={2}>
      {open > 0 && <StateTag state="unserved" tone="danger" text={t("unserved", { count: open })} />}
      {works.map((work) => {
        const step = nextStep(work);
        const text =
          step === undefined ? t("waits_payment") : t(`do_${step.replaceAll("-", "_")}` as StepKey);
        return (
          <span key={work.id} style={{ whiteSpace: "nowrap" }}>
            {text} · <LocationLink code={work.location} name={names?.get(work.location)} />
          </span>
        );
      })}
    </Flex>
  );
}
