import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Drawer, Flex, Form, InputNumber, Skeleton } from "antd";
import { api, data, type Schemas } from "@/api/client";
import { useCan, useMe } from "@/api/me";
import { usePhone } from "@/app/preferences";
import { words } from "@/pages/stock/words";
import { EmptyState } from "@/ui/EmptyState";
import { Age, Quantity } from "@/ui/Figures";
import { LocationLink, OfferLink } from "@/ui/Links";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { useProblemForm } from "@/ui/useProblemForm";
import { useWords } from "@/words/words";

/** What is on its way, from or to a location; each can be received with what really came. */
export function TransfersDrawer({ location, onClose }: { location?: string; onClose: () => void }) {
  const t = useWords(words);
  const phone = usePhone();
  const found = useQuery({
    queryKey: ["stock", "transfers", location],
    queryFn: () =>
      data(api.GET("/v1/stock/transfers", { params: { query: location === undefined ? {} : { location } } })),
  });
  return (
    <Drawer
      open
      onClose={onClose}
      size={phone ? "100%" : 520}
      title={<h2 style={{ font: "inherit", margin: 0 }}>{t("transfers_title")}</h2>}
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
  const may = useCan("stock:write") && (me.location === null || me.location === transfer.target);
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
        <span className="muted">{transfer.sent_at !== undefined && <Age at={transfer.sent_at} />}</span>
      </div>
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
      {problems.problem !== null && (
        <ProblemAlert error={problems.problem} fields={problems.elsewhere} />
      )}
    </Flex>
  );
}
