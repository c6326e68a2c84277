import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Drawer, Flex, Form, InputNumber, Skeleton } from "antd";
import { api, data, type Schemas } from "@/api/client";
import { useCan, useMe } from "@/api/me";
import { usePhone } from "@/app/preferences";
import { words } from "@/pages/stock/words";
import { EmptyState } from "@/ui/EmptyState";
import { Age, Quantity, Time } from "@/ui/Figures";
import { LocationLink, OfferLink } from "@/ui/Links";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { StateTag } from "@/ui/StateTag";
import { useProblemForm } from "@/ui/useProblemForm";
import { useWords } from "@/words/words";

/** What is on its way, from or to a location; each can be received with what really came. */
export function TransfersDrawer({
  location,
  transfer: only,
  onClose,
}: {
  location?: string;
  /** This one alone, on its way or received. */
  transfer?: string;
  onClose: () => void;
}) {
  const t = useWords(words);
  const phone = usePhone();
  const found = useQuery({
    queryKey: ["stock", "transfers", location, only],
    queryFn: async (): Promise<{ transfers: Schemas["Transfer"][] }> => {
      if (only === undefined)
        return data(
          api.GET("/v1/stock/transfers", { params: { query: location === undefined ? {} : { location } } }),
        );
      const path = { transfer_id: only };
      return { transfers: [await data(api.GET("/v1/stock/transfers/{transfer_id}", { params: { path } }))] };
    },
  });
  return (
    <Drawer
      open
      onClose={onClose}
      size={phone ? "100%" : 520}
      title={
        <h2 style={{ font: "inherit", margin: 0 }}>
          {t(only === undefined ? "transfers_title" : "transfer_single")}
        </h2>
      }
    >
      {found.error !== null ? (
        <ProblemAlert error={found.error} onRetry={() => void found.refetch()} />
      ) : found.data === undefined ? (
        <Skeleton active />
      ) : found.data.transfers.length === 0 ? (
        <EmptyState title={t("transfers_none")} />
      ) : (
        <ul style={{ listStyle: "none", margin: 0, padding: 0, display: "grid", gap: 16 }}>
          {found.data.transfers.map((transfer) => (
            <li key={transfer.id}>
              <Transfer transfer={transfer} />
            </li>
          ))}
        </ul>
      )}
    </Drawer>
  );
}

function Transfer({ transfer }: { transfer: Schemas["Transfer"] }) {
  const t = useWords(words);
  const me = useMe();
  const here = transfer.state === "in_transit";
  const may = useCan("stock:write") && here && (me.location === null || me.location === transfer.target);
  const { message } = App.useApp();
  const queries = useQueryClient();
  const [form] = Form.useForm<{ received: number }>();
  const problems = useProblemForm(form);
  const receive = useMutation({
    mutationFn: ({ received }: { received: number }) =>
      data(
        api.POST("/v1/stock/transfers/{transfer_id}/receive", {
          params: { path: { transfer_id: transfer.id } },
          body: { received },
        }),
      ),
    onMutate: problems.clear,
    onError: problems.show,
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ["stock"] });
      void message.success(t("transfer_received"));
    },
  });
  return (
    <Flex vertical gap={8}>
      <div>
        <OfferLink sku={transfer.offer} name={transfer.offer_name} /> × <Quantity value={transfer.quantity} />
      </div>
      <div>
        <LocationLink code={transfer.source} name={transfer.source_name} /> →{" "}
        <LocationLink code={transfer.target} name={transfer.target_name} />{" "}
        {!here && <StateTag state={transfer.state} text={t("transfer_received")} />}{" "}
        <span className="muted">{transfer.sent_at !== undefined && <Age at={transfer.sent_at} />}</span>
      </div>
      {!here && (
        <div>
          {t("received")} <Quantity value={transfer.received} />{" "}
          <span className="muted">
            <Time at={transfer.received_at} />
            {transfer.received_by_name && ` · ${transfer.received_by_name}`}
          </span>
        </div>
      )}
      {may && (
        <Form
          form={form}
          layout="inline"
          initialValues={{ received: transfer.quantity }}
          onFinish={(values) => receive.mutate(values)}
        >
          <Form.Item
            name="received"
            label={t("received")}
            rules={[{ required: true, type: "number", message: t("received_needed") }]} // to the API, none told is all
          >
            <InputNumber inputMode="numeric" />
          </Form.Item>
          <Button htmlType="submit" type="primary" loading={receive.isPending}>
            {t("receive")}
          </Button>
        </Form>
      )}
      {problems.problem !== null && <ProblemAlert error={problems.problem} fields={problems.elsewhere} />}
    </Flex>
  );
}
