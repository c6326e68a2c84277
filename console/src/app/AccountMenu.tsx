import { DownOutlined, UserOutlined } from "@ant-design/icons";
import { Button, Dropdown, type MenuProps } from "antd";
import { csrfToken } from "@/api/client";
import { forgetMe, signIn, useMe } from "@/api/me";
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
    { key: "out", label: t("sign_out"), onClick: () => void signOut() },
  ];
  return (
    <Dropdown
      menu={{ items, selectable: true, selectedKeys: [theme] }}
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
  );
}

async function signOut(): Promise<void> {
  const token = csrfToken();
  await fetch("/sign-out", { method: "POST", headers: token === undefined ? {} : { "X-CSRF-Token": token } });
  await forgetMe();
  queryClient.clear();
  signIn();
}
