import { CheckOutlined, LinkOutlined, PushpinOutlined, TeamOutlined } from "@ant-design/icons";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Dropdown, Form, Input, Modal, Switch, type MenuProps } from "antd";
import { useState } from "react";
import { useLocation, useNavigate } from "react-router";
import { api, data, type Schemas } from "@/api/client";
import { usePhone } from "@/app/preferences";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { useProblemForm } from "@/ui/useProblemForm";
import { useCommon } from "@/words/common";
import { defineWords, useWords } from "@/words/words";

type View = Schemas["SavedView"];

const words = defineWords({
  en: {
    views: "Views",
    mine: "Mine",
    shared: "Shared with the brand",
    save: "Save this view…",
    title: "Save this view",
    name: "Name",
    name_hint: "Such as: South, not accepted for 30 min",
    share: "Everybody of the brand sees it",
    saved: "Saved. Its address is copied with “Copy the address”.",
    copy: "Copy the address",
    copied: "Address copied",
    remove: "Delete this view",
    removed: "Deleted",
    none: "Nothing saved for this page yet",
    of: "{{name}} · {{owner}}",
  },
  zh: {
    views: "视图",
    mine: "我的视图",
    shared: "品牌共享",
    save: "保存当前视图…",
    title: "保存当前视图",
    name: "名称",
    name_hint: "例如：南区超 30 分钟未接单",
    share: "品牌内所有人可见",
    saved: "已保存，可用“复制视图地址”发给同事。",
    copy: "复制视图地址",
    copied: "已复制地址",
    remove: "删除该视图",
    removed: "已删除",
    none: "本页还没有保存的视图",
    of: "{{name}} · {{owner}}",
  },
});

/**
 * The page as it is filtered now, to be kept under a name; and what was kept, one's own and shared.
 *
 *     <PageHeader title={t("title")} actions={<SavedViews />} />
 *
 * Filters must live in the address; a view is its path and its query string.
 */
export function SavedViews() {
  const { pathname, search } = useLocation();
  const [saving, setSaving] = useState(false);
  const t = useWords(words);
  const common = useCommon();
  const phone = usePhone();
  const navigate = useNavigate();
  const { message } = App.useApp();
  const client = useQueryClient();
  const key = ["views", pathname];
  const views = useQuery({
    queryKey: key,
    queryFn: () => data(api.GET("/v1/views", { params: { query: { page: pathname } } })),
    staleTime: 60_000,
  });
  const remove = useMutation({
    mutationFn: (view: View) =>
      data(api.DELETE("/v1/views/{view_id}", { params: { path: { view_id: view.id } } })),
    onSuccess: () => void message.success(t("removed")),
    onSettled: () => client.invalidateQueries({ queryKey: key }),
  });

  const all = views.data?.views ?? [];
  const open = all.find((view) => `?${view.query}` === search || (view.query === "" && search === ""));
  const itemOf = (view: View) => ({
    key: view.id,
    icon: view === open ? <CheckOutlined /> : <PushpinOutlined />,
    label: view.mine ? view.name : t("of", { name: view.name, owner: view.owner }),
    onClick: () => void navigate({ pathname: view.page, search: view.query }),
  });
  const copy = async (view: View) => {
    await navigator.clipboard.writeText(`${location.origin}/v/${view.id}`);
    void message.success(t("copied"));
  };
  const groupOf = (title: "mine" | "shared", shown: View[]): NonNullable<MenuProps["items"]> =>
    shown.length === 0
      ? []
      : [{ key: title, type: "group", label: t(title), children: shown.map(itemOf) }, { type: "divider" }];
  const items: MenuProps["items"] = [
    ...groupOf(
      "mine",
      all.filter((view) => view.mine && !view.shared),
    ),
    ...groupOf(
      "shared",
      all.filter((view) => view.shared),
    ),
    ...(all.length === 0 && views.isSuccess
      ? [{ key: "none", disabled: true, label: t("none") }, { type: "divider" as const }]
      : []),
    { key: "save", label: t("save"), onClick: () => setSaving(true) },
    ...(open !== undefined && "clipboard" in navigator
      ? [{ key: "copy", icon: <LinkOutlined />, label: t("copy"), onClick: () => void copy(open) }]
      : []),
    ...(open?.mine === true
      ? [{ key: "remove", danger: true, label: t("remove"), onClick: () => remove.mutate(open) }]
      : []),
  ];
  return (
    <>
      <Dropdown menu={{ items }} trigger={["click"]} placement="bottomRight">
        <Button
          icon={open?.shared ? <TeamOutlined /> : <PushpinOutlined />}
          aria-label={open?.name ?? t("views")}
        >
          {phone ? null : (open?.name ?? t("views"))}
        </Button>
      </Dropdown>
      <Modal
        open={saving}
        title={t("title")}
        footer={null}
        closable={{ "aria-label": common("close") }}
        onCancel={() => setSaving(false)}
        destroyOnHidden
      >
        <SaveForm
          page={pathname}
          query={search.replace(/^\?/, "")}
          onDone={() => {
            setSaving(false);
            void message.success(t("saved"));
            void client.invalidateQueries({ queryKey: key });
          }}
        />
      </Modal>
    </>
  );
}

interface Values {
  name: string;
  shared: boolean;
}

function SaveForm({ page, query, onDone }: { page: string; query: string; onDone: () => void }) {
  const t = useWords(words);
  const common = useCommon();
  const [form] = Form.useForm<Values>();
  const problems = useProblemForm(form);
  const save = useMutation({
    mutationFn: (values: Values) =>
      data(
        api.POST("/v1/views", {
          body: { name: values.name ?? "", shared: values.shared ?? false, page, query },
        }),
      ),
    onMutate: problems.clear,
    onError: problems.show,
    onSuccess: onDone,
  });
  return (
    <Form<Values>
      form={form}
      layout="vertical"
      onFinish={(values) => save.mutate(values)}
      requiredMark={false}
    >
      {problems.problem !== null && <ProblemAlert error={problems.problem} fields={problems.elsewhere} />}
      <Form.Item name="name" label={t("name")}>
        <Input autoComplete="off" placeholder={t("name_hint")} />
      </Form.Item>
      <Form.Item name="shared" label={t("share")} valuePropName="checked" layout="horizontal" colon={false}>
        <Switch />
      </Form.Item>
      <Button type="primary" htmlType="submit" loading={save.isPending}>
        {common("save")}
      </Button>
    </Form>
  );
}
