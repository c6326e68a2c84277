/** The steps that the role may take and that are possible now, as buttons; each opens its form. */
import { EllipsisOutlined } from "@ant-design/icons";
import { Button, Dropdown, Flex } from "antd";
import { useState } from "react";
import { useCan } from "@/api/me";
import { ActionModal } from "@/pages/orders/actions/ActionModal";
import {
  orderAction,
  returnAction,
  workAction,
  type Action,
  type OrderStep,
} from "@/pages/orders/actions/actions";
import { nextStep, type Return, type Work } from "@/pages/orders/order";
import { useHere } from "@/pages/orders/useOrder";
import { words } from "@/pages/orders/words";
import { useFilters } from "@/ui/useFilters";
import { useWords } from "@/words/words";

function Buttons({
  first,
  more,
  what,
  asked,
  onAnswered,
}: {
  first: Action[];
  more: Action[];
  what: string;
  /** Open from the start: a link asked for it. */
  asked?: Action | undefined;
  onAnswered?: () => void;
}) {
  const t = useWords(words);
  const [open, setOpen] = useState(asked);
  if (first.length + more.length === 0) return null;
  const close = () => {
    setOpen(undefined);
    onAnswered?.();
  };
  return (
    <Flex wrap gap={8}>
      {first.map((action, at) => (
        <Button
          key={action.name}
          size={action.of === "order" ? "middle" : "small"}
          type={at === 0 && action.of === "work" ? "primary" : "default"}
          onClick={() => setOpen(action)}
        >
          {t(`do_${action.name}`)}
        </Button>
      ))}
      {more.length > 0 && (
        <Dropdown
          trigger={["click"]}
          menu={{
            items: more.map((action) => ({
              key: action.name,
              label: t(`do_${action.name}`),
              danger: action.danger,
              onClick: () => setOpen(action),
            })),
          }}
        >
          <Button
            size={more[0]?.of === "order" ? "middle" : "small"}
            icon={<EllipsisOutlined />}
            aria-label={t("menu", { what })}
          />
        </Dropdown>
      )}
      {open !== undefined && <ActionModal key={open.name} action={open} onClose={close} />}
    </Flex>
  );
}

export function WorkActions({ work }: { work: Work }) {
  const may = useCan("fulfilment:write");
  const { order, names } = useHere();
  const [filters, setFilters] = useFilters(["do", "at", "reason"]);
  if (!may) return null;
  const step = filters.at === work.location ? work.possible.find((one) => one === filters.do) : undefined;
  const usual = nextStep(work);
  const actions = work.possible.map((step) => workAction(order, work, step));
  const first = actions.filter((_, at) => work.possible[at] === usual);
  return (
    <Buttons
      first={first}
      more={actions.filter((one) => !first.includes(one))}
      what={names.place(work.location)}
      asked={step === undefined ? undefined : withReason(workAction(order, work, step), filters.reason)}
      onAnswered={() => setFilters({ do: undefined, at: undefined, reason: undefined })}
    />
  );
}

const withReason = (action: Action, reason: string | undefined): Action =>
  reason === undefined ? action : { ...action, initial: { ...action.initial, reason } };

const RETURN_STEPS: Record<Return["state"], readonly ("accept" | "reject" | "receive" | "complete")[]> = {
  requested: ["accept", "reject"],
  accepted: ["receive", "reject"],
  received: ["complete"],
  completed: [],
  rejected: [],
};

export function ReturnActions({ back }: { back: Return }) {
  const t = useWords(words);
  const may = useCan("returns:write");
  const { order } = useHere();
  if (!may) return null;
  return (
    <Buttons
      first={RETURN_STEPS[back.state].map((step) => returnAction(order, back, step))}
      more={[]}
      what={t("returns")}
    />
  );
}

export function OrderActions() {
  const t = useWords(words);
  const write = useCan("orders:write");
  const takeBack = useCan("returns:write");
  const { order } = useHere();
  const ended = order.state === "cancelled" || order.state === "completed";
  const steps: OrderStep[] = [];
  if (write && !ended) steps.push("edit");
  if (write) steps.push("pay");
  if (takeBack && order.lines.some((line) => line.shipped > line.returned)) steps.push("return");
  const more: OrderStep[] = write && !ended ? ["cancel"] : [];
  return (
    <Buttons
      first={steps.map((step) => orderAction(order, step))}
      more={more.map((step) => orderAction(order, step))}
      what={t("nav")}
    />
  );
}
