import { QueryClientProvider } from "@tanstack/react-query";
import { App as AntApp, ConfigProvider } from "antd";
import enUS from "antd/locale/en_US";
import zhCN from "antd/locale/zh_CN";
import dayjs from "dayjs";
import "dayjs/locale/zh-cn";
import { useEffect, useLayoutEffect, useMemo } from "react";
import { RouterProvider } from "react-router";
import { LookContext } from "@/app/look";
import { useCalm, useDark, usePreferences } from "@/app/preferences";
import { queryClient } from "@/app/queries";
import { router } from "@/app/router";
import { antd, dark, light, MONO } from "@/theme";
import { wordsEngine } from "@/words/words";

export function App() {
  const { language } = usePreferences();
  const look = useDark() ? dark : light;
  const calm = useCalm();
  const config = useMemo(() => antd(look, calm), [look, calm]);

  useLayoutEffect(() => {
    const root = document.documentElement;
    root.lang = language === "zh" ? "zh-CN" : "en";
    void wordsEngine().changeLanguage(language);
    dayjs.locale(language === "zh" ? "zh-cn" : "en");
  }, [language]);

  useLayoutEffect(() => {
    const style = document.documentElement.style;
    style.colorScheme = look.dark ? "dark" : "light";
    style.background = look.page;
    const values = {
      surface: look.surface,
      page: look.page,
      line: look.line,
      muted: look.muted,
      link: look.link,
      fault: look.tone.danger.text,
    };
    for (const [name, value] of Object.entries(values)) style.setProperty(`--ms-${name}`, value);
    style.setProperty("--ms-mono", MONO);
  }, [look]);

  useEffect(() => {
    // what the server says is in the reader's language, too
    void queryClient.invalidateQueries();
  }, [language]);

  return (
    <LookContext value={look}>
      <ConfigProvider
        theme={config}
        locale={language === "zh" ? zhCN : enUS}
        button={{ autoInsertSpace: false }}
      >
        <AntApp style={{ height: "100%" }}>
          <QueryClientProvider client={queryClient}>
            <RouterProvider router={router} />
          </QueryClientProvider>
        </AntApp>
      </ConfigProvider>
    </LookContext>
  );
}
