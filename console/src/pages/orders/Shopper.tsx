import { Flex } from "antd";
import { Section } from "@/pages/orders/Section";
import { useHere } from "@/pages/orders/useOrder";
import { words } from "@/pages/orders/words";
import { LocationLink } from "@/ui/Links";
import { useWords } from "@/words/words";

/** Where it goes, and for whom, as far as the role is shown it. */
export function Shopper() {
  const t = useWords(words);
  const { order, names } = useHere();
  const { deliver_to: to, pick_up_at, sold_at, notes } = order;
  const hidden =
    to !== undefined && to.address === undefined && to.name === undefined && to.lat === undefined;
  return (
    <Section title={t("recipient")}>
      {to !== undefined && (
        <div>
          {[to.name, to.phone].filter(Boolean).join(" · ")}
          <div>{to.address}</div>
          <span className="muted num">{to.region}</span>
          {hidden && <div className="muted">{t("hidden_person")}</div>}
        </div>
      )}
      {pick_up_at !== undefined && (
        <Flex wrap gap="0 6px">
          <span>{t("pick_up_at")}</span> <LocationLink code={pick_up_at} name={names.place(pick_up_at)} />
        </Flex>
      )}
      {sold_at !== undefined && (
        <Flex wrap gap="0 6px">
          <span>{t("sold_at")}</span> <LocationLink code={sold_at} name={names.place(sold_at)} />
        </Flex>
      )}
      {notes !== undefined && (
        <div>
          {t("notes")}: {notes}
        </div>
      )}
    </Section>
  );
}
