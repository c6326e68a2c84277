import { DownOutlined, UserOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { App, Button, Dropdown, type MenuProps } from "antd";
import { useState } from "react";
import { api, csrfToken, data } from "@/api/client";
import { forgetMe, ME, signIn, useMe } from "@/api/me";
import { ApiProblem, problemOf } from "@/api/problem";
import { PasswordModal } from "@/app/PasswordModal";
import { setPreference, usePreferences, type ThemeChoice } from "@/app/preferences";
import { queryClient } from "@/app/queries";
import { useCommon, wordFor } from "@/words/common";

const THEMES: readonly ThemeChoice[] = ["system", "light", "dark"];

/** Who is signed in; their language and theme; the way out. */
export function AccountMenu({ phone }: { phone: boolean }) {
  const me = useMe();
  const t = useCommon();
  const { theme, language } = usePreferences();
  const name = me.person?.name ?? me.party;
  const { message } = App.useApp();
  const [changing, setChanging] = useState(false);
  const brands = useBrands();

  const go = async (asked: Promise<unknown>) => {
    try {
      await asked;
      // everything that was read was read for another store or brand: none of it is shown meanwhile
      await queryClient.resetQueries({ queryKey: ME });
      await queryClient.resetQueries({ predicate: ({ queryKey }) => queryKey[0] !== ME[0] });
    } catch (error) {
      void message.error(error instanceof Error ? error.message : String(error));
    }
  };
  const leave = async () => {
    try {
      await signOut();
    } catch (error) {
      void message.error(error instanceof ApiProblem ? error.title : t("unreachable"));
    }
  };
  const stores: NonNullable<MenuProps["items"]> =
    me.locations.length < 2
      ? []
      : [
          {
            key: "stores",
            type: "group",
            label: t("work_in"),
            children: me.locations.map((code) => ({
              key: `store ${code}`,
              label: code,
              onClick: () => void go(data(api.POST("/v1/me/location", { body: { location: code } }))),
            })),
          },
          { type: "divider" },
        ];
  const entering: NonNullable<MenuProps["items"]> =
    me.role !== "platform_operator"
      ? []
      : [
          {
            key: "brands",
            type: "group",
            label: t("enter_brand"),
            children: [
              ...brands.map(({ code, name: called }) => ({
                key: `brand ${code}`,
                label: called,
                onClick: () => void go(data(api.POST("/v1/me/brand", { body: { brand: code } }))),
              })),
              ...(me.party_kind === "platform"
                ? []
                : [
                    {
                      key: "home",
                      label: t("leave_brand"),
                      onClick: () => void go(data(api.POST("/v1/me/brand", { body: { brand: null } }))),
                    },
                  ]),
            ],
          },
          { type: "divider" },
        ];

  const items: MenuProps["items"] = [
    {
      key: "who",
      type: "group",
      label: (
        <div style={{ lineHeight: 1.5, maxWidth: 260 }}>
          <strong>{name}</strong>
          {me.person !== null && <div>{me.person.login}</div>}
          {me.role !== null && (
            <div>
              {wordFor(t, "role", me.role)} · {me.location ?? me.party_name}
            </div>
          )}
        </div>
      ),
    },
    { type: "divider" },
    ...stores,
    ...entering,
    {
      key: "language",
      label: <span lang={language === "zh" ? "en" : "zh-CN"}>{t("other_language")}</span>,
      onClick: () => setPreference("language", language === "zh" ? "en" : "zh"),
    },
    {
      key: "theme",
      type: "group",
      label: t("theme"),
      children: THEMES.map((choice) => ({
        key: choice,
        label: t(`theme_${choice}`),
        onClick: () => setPreference("theme", choice),
      })),
    },
    { type: "divider" },
    ...(me.has_password
      ? [{ key: "password", label: t("change_password"), onClick: () => setChanging(true) }]
      : []),
    { key: "out", label: t("sign_out"), onClick: () => void leave() },
  ];
  return (
    <>
      {changing && <PasswordModal onClose={() => setChanging(false)} />}
      <Dropdown
        menu={{
          items,
          selectable: true,
          selectedKeys: [theme, `store ${me.location}`, `brand ${me.party}`],
          style: { maxHeight: "80vh", overflowY: "auto" },
        }}
        trigger={["click"]}
        placement="bottomRight"
      >
        <Button type="text" icon={<UserOutlined />} aria-label={`${t("account")}: ${name}`}>
          {!phone && (
            <>
              <span style={{ maxWidth: 160, overflow: "hidden", textOverflow: "ellipsis" }}>{name}</span>
              <DownOutlined style={{ fontSize: 10, marginInlineStart: 6 }} />
            </>
          )}
        </Button>
      </Dropdown>
    </>
  );
}

const NO_BRANDS: { code: string; name: string }[] = [];

/** The brands that a platform operator may enter. */
function useBrands() {
  const me = useMe();
  const brands = useQuery({
    queryKey: ["brands"],
    enabled: me.role === "platform_operator",
    staleTime: 60_000,
    queryFn: () => data(api.GET("/v1/brands", { params: { query: { limit: 200 } } })),
  });
  return brands.data?.brands ?? NO_BRANDS;
}

/** What this device keeps goes first, whatever the network does. Whose session may go on is not shown the way out. */
async function signOut(): Promise<void> {
  await forgetMe();
  const token = csrfToken();
  const headers: Record<string, string> = token === undefined ? {} : { "X-CSRF-Token": token };
  const answer = await fetch("/sign-out", { method: "POST", headers });
  if (!answer.ok && answer.status !== 401) throw await problemOf(answer);
  queryClient.clear();
  signIn();
}
