import { MenuFoldOutlined, MenuOutlined, MenuUnfoldOutlined } from "@ant-design/icons";
import { Button, Drawer, Flex } from "antd";
import { useEffect, useRef, useState } from "react";
import { Link, Outlet, useLocation } from "react-router";
import { useMe } from "@/api/me";
import { AccountMenu } from "@/app/AccountMenu";
import { useLook } from "@/app/look";
import { Navigation, PhoneBar, usePlaces } from "@/app/Navigation";
import { usePhone } from "@/app/preferences";
import { BAR, HEADER } from "@/app/size";
import { tools } from "@/tools/tool";
import { useCommon } from "@/words/common";

const WIDE = 216;
const NARROW = 56;

/** The frame of all pages: navigation at the side on a desk, at the bottom on a phone. */
export function Layout() {
  const phone = usePhone();
  const look = useLook();
  const t = useCommon();
  const [narrow, setNarrow] = useState(() => localStorage.getItem("ms.narrow") === "1");
  const width = phone ? 0 : narrow ? NARROW : WIDE;

  const fold = () => {
    setNarrow(!narrow);
    localStorage.setItem("ms.narrow", narrow ? "0" : "1");
  };

  return (
    <div style={{ minHeight: "100%", paddingInlineStart: width, background: look.page, color: look.text }}>
      <a className="ms-skip" href="#content">
        {t("skip")}
      </a>
      <Header phone={phone} />
      {!phone && (
        <aside
          style={{
            position: "fixed",
            insetBlock: 0,
            insetInlineStart: 0,
            width,
            display: "flex",
            flexDirection: "column",
            background: look.surface,
            borderInlineEnd: `1px solid ${look.line}`,
            zIndex: 11,
          }}
        >
          <Brand narrow={narrow} />
          <div style={{ flex: 1, overflowY: "auto", overflowX: "hidden" }}>
            <Navigation narrow={narrow} />
          </div>
          <Button
            type="text"
            icon={narrow ? <MenuUnfoldOutlined /> : <MenuFoldOutlined />}
            aria-label={narrow ? t("expand") : t("collapse")}
            onClick={fold}
            style={{ margin: 8, alignSelf: narrow ? "center" : "flex-end" }}
          />
        </aside>
      )}
      <Content phone={phone} />
      {phone && <PhoneBar height={BAR} />}
    </div>
  );
}

function Content({ phone }: { phone: boolean }) {
  const main = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const first = useRef(true);

  useEffect(() => {
    if (first.current) {
      first.current = false;
      return;
    }
    main.current?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, [pathname]);

  const padding = phone ? `12px 12px ${BAR + 24}px` : "20px 24px 40px";
  return (
    <main
      id="content"
      ref={main}
      tabIndex={-1}
      // what sticks in a table stays below the header and the bar
      style={{ padding, maxWidth: 1680, margin: "0 auto", isolation: "isolate" }}
    >
      <Outlet />
    </main>
  );
}

function Header({ phone }: { phone: boolean }) {
  const look = useLook();
  return (
    <header
      style={{
        position: "sticky",
        top: 0,
        zIndex: 10,
        height: HEADER,
        display: "flex",
        alignItems: "center",
        gap: 8,
        padding: phone ? "0 8px" : "0 24px",
        background: look.surface,
        borderBottom: `1px solid ${look.line}`,
      }}
    >
      {phone && <MenuDrawer />}
      <Where />
      <div style={{ flex: 1 }} />
      {tools.map(({ name, component: Tool }) => (
        <Tool key={name} />
      ))}
      <AccountMenu phone={phone} />
    </header>
  );
}

/** For which brand and which location somebody works now. */
function Where() {
  const me = useMe();
  const look = useLook();
  const t = useCommon();
  const place = me.location ?? (me.locations.length === 0 ? t("whole_party") : me.locations.join(", "));
  return (
    <Flex gap={8} align="baseline" style={{ minWidth: 0, overflow: "hidden", whiteSpace: "nowrap" }}>
      <strong style={{ fontWeight: 600 }}>{me.party_name}</strong>
      <span style={{ color: look.muted, overflow: "hidden", textOverflow: "ellipsis" }}>{place}</span>
    </Flex>
  );
}

function Brand({ narrow }: { narrow: boolean }) {
  const t = useCommon();
  const look = useLook();
  return (
    <Link
      to="/"
      aria-label={t("app")}
      style={{
        display: "flex",
        alignItems: "center",
        gap: 10,
        height: HEADER,
        flex: "none",
        padding: narrow ? "0 16px" : "0 20px",
        color: look.text,
        fontWeight: 650,
        fontSize: 16,
        letterSpacing: 0.1,
      }}
    >
      <img src="/icon.svg" alt="" width={24} height={24} />
      {!narrow && t("app")}
    </Link>
  );
}

function MenuDrawer() {
  const [open, setOpen] = useState(false);
  const { pathname } = useLocation();
  const t = useCommon();
  const places = usePlaces();
  const [shownAt, setShownAt] = useState(pathname);
  if (shownAt !== pathname) {
    setShownAt(pathname);
    setOpen(false);
  }
  if (places.length === 0) return null;
  return (
    <>
      <Button type="text" icon={<MenuOutlined />} aria-label={t("menu")} onClick={() => setOpen(true)} />
      <Drawer
        open={open}
        onClose={() => setOpen(false)}
        placement="left"
        size={280}
        title={t("app")}
        styles={{ body: { padding: "8px 0" } }}
      >
        <Navigation narrow={false} />
      </Drawer>
    </>
  );
}
