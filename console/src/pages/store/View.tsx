import {
  CloudUploadOutlined,
  HomeOutlined,
  RollbackOutlined,
  ScanOutlined,
  UnorderedListOutlined,
} from "@ant-design/icons";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Badge, Button, Input } from "antd";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { Link, useLocation } from "react-router";
import { api, data } from "@/api/client";
import { ME, signIn, useMe, type Me } from "@/api/me";
import { AccountMenu } from "@/app/AccountMenu";
import { NotFound } from "@/app/Failed";
import { useLook } from "@/app/look";
import { queryClient } from "@/app/queries";
import { sessionEnded } from "@/app/sessionEnded";
import { floor, minesOf, useFloor } from "@/pages/store/floor";
import { LabelView } from "@/pages/store/LabelView";
import { useUpdate } from "@/pages/store/offline/update";
import { Note } from "@/pages/store/parts";
import { isWaiting } from "@/pages/store/queue/entries";
import { QueueView } from "@/pages/store/QueueView";
import { ReturnView } from "@/pages/store/ReturnView";
import { ScanView } from "@/pages/store/ScanView";
import { TaskList } from "@/pages/store/TaskList";
import { TaskView } from "@/pages/store/TaskView";
import { words } from "@/pages/store/words";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { useCommon } from "@/words/common";
import { useWords } from "@/words/words";
import "@/pages/store/store.css";

/**
 * The store in which this person works: their session's; head office, which is bound to none, chooses one to look at.
 * `leave` asks anew, where there is a choice.
 */
function useStoreOf(me: Me) {
  const name = `ms.store.${me.party}`;
  const [chosen, setChosen] = useState(() => localStorage.getItem(name));
  const [choosing, setChoosing] = useState(false);
  const bound = me.locations.length > 0 || me.location !== null;
  const act = useMutation({
    mutationFn: (location: string) => data(api.POST("/v1/me/location", { body: { location } })),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: ME });
      setChoosing(false);
      floor.kick();
    },
  });
  const choose = (code: string) => {
    if (bound) return act.mutate(code);
    localStorage.setItem(name, code);
    setChosen(code);
    setChoosing(false);
  };
  return {
    store: choosing ? null : bound ? me.location : chosen,
    choose,
    error: act.error,
    leave: bound && me.locations.length < 2 ? undefined : () => setChoosing(true),
  };
}

export default function View() {
  const me = useMe();
  const look = useLook();
  const common = useCommon();
  const { store, choose, error, leave } = useStoreOf(me);
  const { pathname } = useLocation();
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  const bare = /^\/store\/(task|label)\//.test(pathname);

  useEffect(() => {
    if (first.current) {
      first.current = false;
      return;
    }
    main.current?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, [pathname]);

  useEffect(() => {
    // installed from here, the app opens the store's tasks
    const link = document.querySelector<HTMLLinkElement>('link[rel="manifest"]');
    const before = link?.href;
    if (link !== null) link.href = "/store.webmanifest";
    return () => {
      if (link !== null && before !== undefined) link.href = before;
    };
  }, []);

  return (
    <div className="st" style={{ background: look.page, color: look.text }}>
      <a className="ms-skip" href="#content">
        {common("skip")}
      </a>
      <Head me={me} store={store} onLeave={leave} />
      <main id="content" ref={main} tabIndex={-1} className={bare ? "st-main st-tall" : "st-main"}>
        <Notices />
        {store === null ? <ChooseStore me={me} onChoose={choose} error={error} /> : <Screen store={store} />}
      </main>
      {!bare && store !== null && <Tabs me={me} />}
    </div>
  );
}

/** The screen of an address. The list is a page of its own (it stands in the navigation), what is below it another. */
function Screen({ store }: { store: string }) {
  const { pathname } = useLocation();
  const [what = "", id = ""] = pathname.replace(/^\/store\/?/, "").split("/");
  switch (what) {
    case "":
      return <TaskList store={store} />;
    case "task":
      return <TaskView key={id} store={store} id={id} />;
    case "label":
      return <LabelView key={id} id={id} />;
    case "scan":
      return <ScanView store={store} />;
    case "return":
      return <ReturnView store={store} />;
    case "queue":
      return <QueueView store={store} />;
    default:
      return <NotFound />;
  }
}

/** What people call the store: kept, as it is to be read without a network too. */
function useStoreName(code: string | null): string | null {
  const name = `ms.store.name.${code}`;
  const place = useQuery({
    queryKey: ["store", "place", code],
    queryFn: async () => {
      const told = await data(api.GET("/v1/locations/{code}", { params: { path: { code: code ?? "" } } }));
      localStorage.setItem(name, told.name);
      return told.name;
    },
    enabled: code !== null,
    staleTime: Infinity,
    retry: false,
  });
  return code === null ? null : (place.data ?? localStorage.getItem(name));
}

function Head({ me, store, onLeave }: { me: Me; store: string | null; onLeave?: () => void }) {
  const t = useWords(words);
  const look = useLook();
  const { online } = useFloor();
  const name = useStoreName(store);
  const title = store === null ? me.party : (name ?? store);
  const tone = online ? look.tone.success : look.tone.warning;
  return (
    <header className="st-head">
      <div className="st-head-row">
        {me.location === null && (
          <Link
            to="/"
            aria-label={t("console")}
            className="ant-btn"
            style={{ display: "grid", placeItems: "center" }}
          >
            <HomeOutlined />
          </Link>
        )}
        {store !== null && onLeave !== undefined ? (
          <Button type="text" onClick={onLeave} title={t("choose_store")}>
            <strong className="st-cut">{title}</strong>
          </Button>
        ) : (
          <strong>{title}</strong>
        )}
        <span style={{ flex: 1 }} />
        <span
          role="status"
          style={{
            display: "inline-flex",
            alignItems: "center",
            gap: 6,
            fontSize: 14,
            color: tone.text,
            whiteSpace: "nowrap",
          }}
        >
          <i
            aria-hidden
            style={{
              width: 10,
              height: 10,
              borderRadius: online ? 5 : 0,
              background: tone.mark,
              flex: "none",
            }}
          />
          {online ? t("online") : t("offline")}
        </span>
        <AccountMenu phone />
      </div>
    </header>
  );
}

/** What everybody must know whatever they do now: refusals, the end of a session, no storage. */
function Notices() {
  const t = useWords(words);
  const me = useMe();
  const snapshot = useFloor();
  const { pathname } = useLocation();
  const { mine } = minesOf(snapshot, me);
  const refused = mine.filter((entry) => entry.state === "refused").length;
  const update = useUpdate();
  const waiting = mine.filter(isWaiting).length;
  useEffect(() => {
    sessionEnded.keep(waiting);
    return () => sessionEnded.keep(0);
  }, [waiting]);
  const signedOut = snapshot.told.phase === "signed_out" && waiting > 0;
  return (
    <div className="st-screen">
      {!snapshot.lasting && (
        <Note tone="warning" role="status">
          {t("no_storage")}
        </Note>
      )}
      {signedOut && (
        <Note
          tone="warning"
          role="alert"
          action={
            <Button onClick={signIn} type="primary">
              {t("sign_in")}
            </Button>
          }
        >
          {t("queue_signed_out")}
        </Note>
      )}
      {refused > 0 && pathname === "/store" && (
        <Note tone="danger" role="alert" action={<ButtonLink to="/store/queue">{t("look")}</ButtonLink>}>
          {t("refused_notice", { count: refused })}
        </Note>
      )}
      {update !== null && (
        <Note tone="info" role="status" action={<Button onClick={update}>{t("update_now")}</Button>}>
          {t("update_ready")}
        </Note>
      )}
    </div>
  );
}

function ButtonLink({ to, children }: { to: string; children: ReactNode }) {
  return (
    <Link to={to} className="st-chip">
      {children}
    </Link>
  );
}

function ChooseStore({
  me,
  onChoose,
  error,
}: {
  me: Me;
  onChoose: (code: string) => void;
  error: Error | null;
}) {
  const t = useWords(words);
  const [code, setCode] = useState("");
  return (
    <>
      <h1>{t("choose_store")}</h1>
      <p className="muted">{t("choose_store_note")}</p>
      {error !== null && <ProblemAlert error={error} />}
      {me.locations.length > 0 ? (
        <ul className="st-list">
          {me.locations.map((one) => (
            <li key={one}>
              <button type="button" className="st-choice" onClick={() => onChoose(one)}>
                {one}
              </button>
            </li>
          ))}
        </ul>
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (code.trim() !== "") onChoose(code.trim());
          }}
        >
          <label className="st-label" htmlFor="st-store">
            {t("store_code")}
          </label>
          <div className="st-row">
            <Input
              id="st-store"
              value={code}
              onChange={(event) => setCode(event.target.value)}
              maxLength={64}
            />
            <Button type="primary" htmlType="submit">
              {t("open_store")}
            </Button>
          </div>
        </form>
      )}
    </>
  );
}

function Tabs({ me }: { me: Me }) {
  const t = useWords(words);
  const { pathname } = useLocation();
  const { mine } = minesOf(useFloor(), me);
  const tabs = [
    { to: "/store", text: t("tab_tasks"), icon: <UnorderedListOutlined /> },
    { to: "/store/scan", text: t("tab_scan"), icon: <ScanOutlined /> },
    { to: "/store/return", text: t("tab_return"), icon: <RollbackOutlined /> },
    {
      to: "/store/queue",
      text: t("tab_queue"),
      icon: (
        <Badge count={mine.length} size="small">
          <CloudUploadOutlined style={{ color: "inherit" }} />
        </Badge>
      ),
    },
  ];
  return (
    <nav className="st-bar" aria-label={t("tabs")}>
      <div className="st-tabs">
        {tabs.map(({ to, text, icon }) => (
          <Link key={to} to={to} aria-current={pathname === to ? "page" : undefined}>
            {icon}
            {text}
          </Link>
        ))}
      </div>
    </nav>
  );
}
