/** The search itself: what was found in groups, pages to go to, things to do; all by keyboard. */
import {
  ArrowRightOutlined,
  BarcodeOutlined,
  HistoryOutlined,
  InboxOutlined,
  LockOutlined,
  RollbackOutlined,
  SearchOutlined,
  ShopOutlined,
  ShoppingOutlined,
  SwapOutlined,
  ThunderboltOutlined,
  UserOutlined,
} from "@ant-design/icons";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Button, Flex, Input, Modal, type InputRef } from "antd";
import { useEffect, useId, useMemo, useRef, useState, type ComponentType, type KeyboardEvent } from "react";
import { useNavigate } from "react-router";
import { api, data } from "@/api/client";
import { useMe } from "@/api/me";
import { useLook } from "@/app/look";
import { usePlaces } from "@/app/Navigation";
import { setPreference, useDark, usePhone, usePreferences } from "@/app/preferences";
import { words } from "@/tools/search/words";
import { pageOf, type Found } from "@/tools/search/places";
import { forget, recentOf, remember, type Recent } from "@/tools/search/recent";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { moment } from "@/ui/format";
import { StateTag } from "@/ui/StateTag";
import { common, useCommon, wordFor } from "@/words/common";
import { textOf, useWords } from "@/words/words";

const WAIT_MS = 120;
const ICONS: Record<string, ComponentType> = {
  order: ShoppingOutlined,
  fulfilment_order: InboxOutlined,
  return: RollbackOutlined,
  location: ShopOutlined,
  offer: BarcodeOutlined,
  reservation: LockOutlined,
  transfer: SwapOutlined,
  person: UserOutlined,
};
const ORDER = [
  "order",
  "fulfilment_order",
  "return",
  "location",
  "offer",
  "reservation",
  "transfer",
  "person",
] as const;

interface Item {
  key: string;
  group: string;
  icon: ComponentType;
  title: string;
  detail?: string;
  state?: string | null;
  run: () => void;
}

export default function Palette({ onClose }: { onClose: () => void }) {
  const phone = usePhone();
  const t = useWords(words);
  return (
    <Modal
      open
      onCancel={onClose}
      footer={null}
      closable={phone}
      title={phone ? t("open") : <span className="ms-hidden">{t("open")}</span>}
      width={phone ? "100%" : 680}
      style={phone ? { top: 0, margin: 0, maxWidth: "100%", padding: 0 } : { top: "10vh" }}
      styles={{
        header: phone ? { padding: "16px 16px 8px", margin: 0 } : { margin: 0 },
        container: phone
          ? { padding: 0, minHeight: "100dvh", borderRadius: 0 }
          : { padding: 0, overflow: "hidden" },
      }}
      transitionName=""
      maskTransitionName=""
    >
      <Box onClose={onClose} />
    </Modal>
  );
}

function Box({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState("");
  const asked = useSettled(text.trim(), WAIT_MS);
  const [at, setAt] = useState(0);
  const list = useId();
  const field = useRef<InputRef>(null);
  const t = useWords(words);
  const look = useLook();
  const phone = usePhone();
  const answer = useSearch(asked);
  const found = asked === "" ? [] : (answer.data?.results ?? []);
  const items = useItems(text.trim(), found, onClose);
  const chosen = Math.min(at, items.length - 1);

  useEffect(() => field.current?.focus(), []);
  useEffect(() => {
    document.getElementById(`${list}-${chosen}`)?.scrollIntoView({ block: "nearest" });
  }, [chosen, list]);

  const pressed = (event: KeyboardEvent) => {
    const steps: Record<string, number> = {
      ArrowDown: chosen + 1,
      ArrowUp: chosen - 1,
      Home: 0,
      End: items.length - 1,
    };
    const to = steps[event.key];
    if (to !== undefined && (event.key.startsWith("Arrow") || text === "") && items.length > 0) {
      event.preventDefault();
      setAt((to + items.length) % items.length);
    } else if (event.key === "Enter" && !event.nativeEvent.isComposing) {
      event.preventDefault();
      items[chosen]?.run();
    }
  };
  const waiting = text.trim() !== asked || answer.isFetching;
  return (
    <div>
      <div style={{ padding: phone ? "0 16px 12px" : "12px 16px", borderBottom: `1px solid ${look.line}` }}>
        <Input
          ref={field}
          size="large"
          variant="borderless"
          prefix={<SearchOutlined style={{ color: look.muted, marginInlineEnd: 8 }} />}
          placeholder={t("hint")}
          value={text}
          maxLength={128}
          onChange={(event) => {
            setText(event.target.value);
            setAt(0);
          }}
          onKeyDown={pressed}
          role="combobox"
          aria-label={t("label")}
          aria-expanded={items.length > 0}
          aria-controls={list}
          aria-autocomplete="list"
          aria-activedescendant={items.length > 0 ? `${list}-${chosen}` : undefined}
          // the row that Enter opens is marked; a ring around the only field would tell nothing more
          style={{ padding: 0, fontSize: 16, outline: "none" }}
        />
      </div>
      <div aria-live="polite" className="ms-hidden">
        {asked !== "" && !waiting && t("count", { count: found.length })}
      </div>
      <div style={{ maxHeight: phone ? undefined : "56vh", overflowY: "auto", padding: "4px 0 8px" }}>
        {answer.error && (
          <div style={{ padding: 16 }}>
            <ProblemAlert error={answer.error} onRetry={() => void answer.refetch()} />
          </div>
        )}
        {asked !== "" && !waiting && !answer.error && found.length === 0 && <Nothing q={asked} />}
        <Items items={items} chosen={chosen} list={list} onPoint={setAt} />
      </div>
      {!phone && <Keys />}
    </div>
  );
}

function useSearch(q: string) {
  return useQuery({
    queryKey: ["search", q],
    queryFn: () => data(api.GET("/v1/search", { params: { query: { q } } })),
    enabled: q !== "",
    placeholderData: keepPreviousData,
    staleTime: 10_000,
  });
}

/** All that can be chosen now, in the order in which it is shown. */
function useItems(text: string, found: readonly Found[], onClose: () => void): Item[] {
  const navigate = useNavigate();
  const me = useMe();
  const person = me.person?.id ?? me.party;
  const t = useWords(words);
  const c = useCommon();
  const acts = useActs();
  const [recents] = useState(() => recentOf(person));
  return useMemo(() => {
    const open = (one: Recent, page: string) => {
      remember(person, one);
      onClose();
      void navigate(page);
    };
    const itemOf = (one: Recent & { state?: string | null; at?: string | null }, group: string): Item[] => {
      const page = pageOf(one as Found);
      if (page === undefined) return [];
      const { type, id, title, state } = one;
      const told = type === "order" ? wordFor(c, "channel", one.detail) : one.detail;
      const coded = (type === "location" || type === "offer") && !told.startsWith(id);
      const detail = [coded ? id : "", told, one.at == null ? "" : moment(one.at, "minute")]
        .filter((part) => part !== "")
        .join(" · ");
      const kept = { type, id, title, detail };
      return [
        {
          key: `${group} ${type} ${id}`,
          group,
          icon: ICONS[type] ?? SearchOutlined,
          title,
          detail,
          state,
          run: () => open(kept, page),
        },
      ];
    };
    const matching = acts
      .filter(
        (act) => text === "" || act.terms.some((term) => term.toLowerCase().includes(text.toLowerCase())),
      )
      .map((act) => ({
        ...act,
        run: () => {
          onClose();
          act.run();
        },
      }));
    if (text === "") return [...recents.flatMap((one) => itemOf(one, t("recent"))), ...matching];
    const results = ORDER.flatMap((type) =>
      found.filter((one) => one.type === type).flatMap((one) => itemOf(one, t(type))),
    );
    const exact = found.some((one) => one.match === "exact");
    return exact || matching.length === 0 ? [...results, ...matching] : byRank(found, results, matching);
  }, [acts, c, found, navigate, onClose, person, recents, t, text]);
}

/** A page's own name comes before what merely has the text somewhere in it. */
function byRank(found: readonly Found[], results: Item[], matching: Item[]): Item[] {
  return found.some((one) => one.match === "prefix") ? [...results, ...matching] : [...matching, ...results];
}

interface Act extends Omit<Item, "run"> {
  terms: string[];
  run: () => void;
}

/** Pages to go to, and what can be switched. Both languages' names of them are understood. */
function useActs(): Act[] {
  const navigate = useNavigate();
  const places = usePlaces();
  const t = useWords(words);
  const c = useCommon();
  const dark = useDark();
  const { language } = usePreferences();
  return useMemo(() => {
    const pages = places.map((page): Act => {
      const title = textOf(page.words, "nav");
      const terms = [
        page.words.en.nav,
        page.words.zh.nav,
        page.words.en.title,
        page.words.zh.title,
        page.name,
      ];
      const icon = page.nav.icon;
      return {
        key: page.path,
        group: t("go"),
        icon,
        title,
        detail: textOf(page.words, "title"),
        terms,
        run: () => void navigate(page.path),
      };
    });
    const other = language === "zh" ? "en" : "zh";
    const theme = dark ? "light" : "dark";
    return [
      ...pages,
      {
        key: "language",
        group: t("do"),
        icon: ThunderboltOutlined,
        title: c("other_language"),
        detail: c("language"),
        terms: [
          common.en.other_language,
          common.zh.other_language,
          "language",
          "语言",
          "chinese",
          "english",
          "英文",
          "切换",
        ],
        run: () => setPreference("language", other),
      },
      {
        key: "theme",
        group: t("do"),
        icon: ThunderboltOutlined,
        title: t(theme),
        detail: c("theme"),
        terms: [words.en[theme], words.zh[theme], "theme", "外观", "dark", "light"],
        run: () => setPreference("theme", theme),
      },
    ];
  }, [c, dark, language, navigate, places, t]);
}

function Items({
  items,
  chosen,
  list,
  onPoint,
}: {
  items: readonly Item[];
  chosen: number;
  list: string;
  onPoint: (at: number) => void;
}) {
  const t = useWords(words);
  const groups = [...new Set(items.map(({ group }) => group))];
  return (
    <div id={list} role="listbox" aria-label={t("results")}>
      {groups.map((group, n) => (
        <div key={group} role="group" aria-labelledby={`${list}-g${n}`}>
          <Flex align="center" justify="space-between" style={{ padding: "10px 16px 4px" }}>
            <span id={`${list}-g${n}`} className="muted" style={{ fontSize: 12 }}>
              {group}
            </span>
          </Flex>
          {items.map((item, i) =>
            item.group === group ? (
              <Row
                key={item.key}
                item={item}
                id={`${list}-${i}`}
                chosen={i === chosen}
                onPoint={() => onPoint(i)}
              />
            ) : null,
          )}
        </div>
      ))}
    </div>
  );
}

function Row({
  item,
  id,
  chosen,
  onPoint,
}: {
  item: Item;
  id: string;
  chosen: boolean;
  onPoint: () => void;
}) {
  const look = useLook();
  const t = useWords(words);
  const Icon = item.icon;
  const state = item.state ?? "";
  return (
    // the keyboard moves in the field above, which names this row as the active one
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events
    <div
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={chosen}
      onClick={item.run}
      onMouseMove={chosen ? undefined : onPoint}
      style={{
        display: "flex",
        alignItems: "center",
        gap: 12,
        minHeight: 44,
        margin: "0 8px",
        padding: "4px 8px",
        borderRadius: 6,
        cursor: "pointer",
        background: chosen ? look.tone.info.fill : undefined,
      }}
    >
      <span aria-hidden style={{ color: look.muted, fontSize: 16, lineHeight: 1 }}>
        <Icon />
      </span>
      <div style={{ flex: 1, minWidth: 0, lineHeight: 1.35 }}>
        <div style={ELLIPSIS}>{item.title}</div>
        {item.detail !== undefined && item.detail !== "" && (
          <div className="muted" style={{ fontSize: 12, ...ELLIPSIS }}>
            {item.detail}
          </div>
        )}
      </div>
      {state === "disabled" && <StateTag state={state} text={t("disabled")} />}
      {state !== "" && state !== "enabled" && state !== "disabled" && <StateTag state={state} />}
      {chosen && <ArrowRightOutlined aria-hidden style={{ color: look.muted }} />}
    </div>
  );
}

const ELLIPSIS = { overflow: "hidden", textOverflow: "ellipsis", whiteSpace: "nowrap" } as const;

function Nothing({ q }: { q: string }) {
  const t = useWords(words);
  return (
    <div style={{ padding: "20px 24px 12px" }}>
      <div style={{ fontWeight: 600, overflowWrap: "anywhere" }}>{t("nothing", { q })}</div>
      <div className="muted" style={{ marginTop: 4 }}>
        {t("nothing_detail")}
      </div>
    </div>
  );
}

function Keys() {
  const t = useWords(words);
  const look = useLook();
  const me = useMe();
  const person = me.person?.id ?? me.party;
  const [any, setAny] = useState(() => recentOf(person).length > 0);
  const key = {
    font: "inherit",
    padding: "0 5px",
    borderRadius: 4,
    border: `1px solid ${look.line}`,
    background: look.page,
  };
  return (
    <Flex
      gap={16}
      align="center"
      className="muted"
      style={{ padding: "8px 16px", fontSize: 12, borderTop: `1px solid ${look.line}` }}
    >
      <span>
        <kbd style={key}>↑</kbd> <kbd style={key}>↓</kbd> {t("move")}
      </span>
      <span>
        <kbd style={key}>↵</kbd> {t("choose")}
      </span>
      <span>
        <kbd style={key}>Esc</kbd> {t("leave")}
      </span>
      <span style={{ flex: 1 }} />
      {any && (
        <Button
          type="text"
          size="small"
          icon={<HistoryOutlined />}
          onClick={() => {
            forget(person);
            setAny(false);
          }}
        >
          {t("forget")}
        </Button>
      )}
    </Flex>
  );
}

/** A value once it has not changed for a while. */
function useSettled(value: string, ms: number): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), value === "" ? 0 : ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}
