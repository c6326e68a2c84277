import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Drawer, Flex, Form, Input, Select, Skeleton, Switch } from "antd";
import { useEffect } from "react";
import { Link } from "react-router";
import { api, data, type Schemas } from "@/api/client";
import { useCan, useMe } from "@/api/me";
import { isProblem } from "@/api/problem";
import { usePhone } from "@/app/preferences";
import { isBound, rolesOf, type Role } from "@/pages/people/roles";
import { StoreSelect } from "@/pages/people/StoreSelect";
import { words } from "@/pages/people/words";
import { ProblemAlert } from "@/ui/ProblemAlert";
import type { Path } from "@/ui/pointer";
import { useProblemForm } from "@/ui/useProblemForm";
import { useCommon, wordFor } from "@/words/common";
import { useWords } from "@/words/words";

type Person = Schemas["Person"];

interface Values {
  login: string;
  name: string;
  role: Role | undefined;
  locations: string[];
  password: string;
  enabled: boolean;
}

const EMPTY: Values = { login: "", name: "", role: undefined, locations: [], password: "", enabled: true };

/** An error of one of the stores stands at the field of all of them. */
const place = (path: Path): Path => (path[0] === "locations" ? ["locations"] : path);

/** Adds a person (id null), or changes one. */
export function PersonDrawer({ id, onClose }: { id: string | null; onClose: () => void }) {
  const t = useWords(words);
  const common = useCommon();
  const phone = usePhone();
  const mayAudit = useCan("audit:read");
  const [form] = Form.useForm<Values>();
  const queries = useQueryClient();
  const { message } = App.useApp();
  const problems = useProblemForm(form, place);
  const person = useQuery({
    queryKey: ["person", id],
    enabled: id !== null,
    queryFn: () => data(api.GET("/v1/people/{person_id}", { params: { path: { person_id: id ?? "" } } })),
  });

  useEffect(() => {
    if (person.data !== undefined) form.setFieldsValue({ ...person.data, password: "" });
  }, [form, person.data]);

  const save = useMutation({
    mutationFn: (values: Values) => send(id, person.data, values),
    onMutate: problems.clear,
    onSuccess: (saved) => {
      void queries.invalidateQueries({ queryKey: ["people"] });
      queries.setQueryData(["person", saved.id], saved);
      void message.success(t("saved", { name: saved.name }));
      onClose();
    },
    onError: (error) => {
      if (isProblem(error, "revision_passed")) void person.refetch();
      problems.show(error);
    },
  });

  const waiting = id !== null && person.isPending;
  return (
    <Drawer
      open
      onClose={onClose}
      size={phone ? "100%" : 480}
      title={<h2 style={{ font: "inherit", margin: 0 }}>{title(t, id, person.data)}</h2>}
      footer={
        <Flex gap={8} justify="space-between" align="center">
          <span>
            {id !== null && mayAudit && <Link to={`/audit?person=${id}`}>{t("what_they_did")}</Link>}
          </span>
          <Flex gap={8}>
            <Button onClick={onClose}>{common("cancel")}</Button>
            <Button type="primary" loading={save.isPending} disabled={waiting} onClick={() => form.submit()}>
              {common("save")}
            </Button>
          </Flex>
        </Flex>
      }
    >
      {person.error ? (
        <ProblemAlert error={person.error} onRetry={() => void person.refetch()} />
      ) : waiting ? (
        <Skeleton active />
      ) : (
        <>
          {problems.problem !== null && (
            <div style={{ marginBottom: 16 }}>
              <ProblemAlert error={problems.problem} fields={problems.elsewhere} />
              {isProblem(problems.problem, "revision_passed") && <p>{t("changed_meanwhile")}</p>}
            </div>
          )}
          <Form<Values>
            form={form}
            layout="vertical"
            initialValues={EMPTY}
            requiredMark="optional"
            scrollToFirstError
            onFinish={(values) => save.mutate(values)}
          >
            <Fields isNew={id === null} />
          </Form>
        </>
      )}
    </Drawer>
  );
}

function Fields({ isNew }: { isNew: boolean }) {
  const t = useWords(words);
  const common = useCommon();
  const me = useMe();
  const role = Form.useWatch<Role | undefined>("role");
  return (
    <>
      <Form.Item name="login" label={t("login")} extra={isNew ? t("login_hint") : undefined} required>
        <Input autoComplete="off" disabled={!isNew} spellCheck={false} />
      </Form.Item>
      <Form.Item name="name" label={t("name")} required>
        <Input autoComplete="off" />
      </Form.Item>
      <Form.Item
        name="role"
        label={t("role")}
        extra={role === undefined ? undefined : t(`role_hint_${role}`)}
        required
      >
        <Select
          options={rolesOf(me.party_kind).map((one) => ({ value: one, label: wordFor(common, "role", one) }))}
        />
      </Form.Item>
      {isBound(role) && (
        <Form.Item name="locations" label={t("stores")} extra={t("stores_hint")} required>
          <StoreSelect />
        </Form.Item>
      )}
      <Form.Item name="password" label={t("password")} extra={t(isNew ? "password_hint" : "password_kept")}>
        <Input.Password autoComplete="new-password" />
      </Form.Item>
      <Form.Item
        name="enabled"
        label={t("may_sign_in")}
        valuePropName="checked"
        extra={t("may_sign_in_hint")}
        required
      >
        <Switch />
      </Form.Item>
    </>
  );
}

function title(
  t: ReturnType<typeof useWords<keyof typeof words.en>>,
  id: string | null,
  person?: Person,
): string {
  if (id === null) return t("new_person");
  return person === undefined ? t("nav") : t("change_person", { name: person.name });
}

/** What was entered, to the API; the server checks every field, also those that are empty. */
function send(id: string | null, before: Person | undefined, values: Values): Promise<Person> {
  const role = values.role!;
  const shared = {
    name: values.name.trim(),
    role,
    locations: isBound(role) ? values.locations : [],
    enabled: values.enabled,
    ...(values.password === "" ? {} : { password: values.password }),
  };
  if (id === null) return data(api.POST("/v1/people", { body: { login: values.login.trim(), ...shared } }));
  const headers = before === undefined ? {} : { "If-Match": `"${before.revision}"` };
  return data(
    api.PATCH("/v1/people/{person_id}", { params: { path: { person_id: id } }, headers, body: shared }),
  );
}
