/** Small parts of the associate's screens. */
import {
  CheckCircleFilled,
  ClockCircleOutlined,
  CloseCircleFilled,
  CloudUploadOutlined,
  InfoCircleFilled,
  MinusOutlined,
  PlusOutlined,
  WarningFilled,
} from "@ant-design/icons";
import { Button, Input } from "antd";
import type { ReactNode } from "react";
import { useLook } from "@/app/look";
import { usePreferences } from "@/app/preferences";
import { floor } from "@/pages/store/floor";
import type { Article, Task } from "@/pages/store/task";
import { faultId, type Mending } from "@/pages/store/useFaults";
import { words } from "@/pages/store/words";
import type { Tone } from "@/theme";
import { duration, moment, quantity } from "@/ui/format";
import { useNow } from "@/ui/now";
import { useWords } from "@/words/words";

const ICONS: Record<Tone, ReactNode> = {
  neutral: <InfoCircleFilled />,
  info: <InfoCircleFilled />,
  progress: <CloudUploadOutlined />,
  success: <CheckCircleFilled />,
  warning: <WarningFilled />,
  danger: <CloseCircleFilled />,
};

/** Something to know, in its tone; `loud` for what must not be missed. */
export function Note({
  tone,
  loud,
  children,
  action,
  role,
}: {
  tone: Tone;
  loud?: boolean;
  children: ReactNode;
  action?: ReactNode;
  role?: "alert" | "status";
}) {
  const look = useLook();
  const { text, fill } = look.tone[tone];
  return (
    <div
      role={role}
      className={loud ? "st-note st-loud" : "st-note"}
      style={{ color: text, background: fill }}
    >
      <span aria-hidden>{ICONS[tone]}</span>
      <div>{children}</div>
      {action}
    </div>
  );
}

const SOON_S = 30 * 60;

export const secondsLeft = (task: Task, now: number): number | null =>
  task.promised_to === null ? null : Math.floor((Date.parse(task.promised_to) - now) / 1000);

/** The time left until what was promised: in words, with its own icon and colour once it is soon or late. */
export function Due({ task }: { task: Task }) {
  const t = useWords(words);
  const look = useLook();
  const now = useNow();
  const { language } = usePreferences();
  const left = secondsLeft(task, now);
  if (left === null) return <span className="st-due muted">{t("no_promise")}</span>;
  const late = left <= -60;
  const tone: Tone = late ? "danger" : left < SOON_S ? "warning" : "neutral";
  const time = duration(left, language);
  const text = late ? t("late", { time }) : left < 60 ? t("due_now") : t("left", { time });
  return (
    <span className="st-due" style={{ color: look.tone[tone].text, fontWeight: late ? 650 : 500 }}>
      {late ? <WarningFilled aria-hidden /> : <ClockCircleOutlined aria-hidden />}
      {text}
    </span>
  );
}

export function Promised({ task }: { task: Task }) {
  const t = useWords(words);
  if (task.promised_to === null) return null;
  return <>{t("promised", { time: moment(task.promised_to, "minute") })}</>;
}

/** An offer's name in the reader's language, else in any. */
export function useNameOf(): (article: Article | undefined, sku: string) => string {
  const { language } = usePreferences();
  return (article, sku) => {
    if (article === undefined) return sku;
    const { name } = article;
    const fitting = Object.keys(name).find((tag) => tag.startsWith(language));
    return name[fitting ?? "und"] ?? Object.values(name)[0] ?? sku;
  };
}

/** Base units as people count them: pieces, or so much of a metre. */
export function useUnits(): (units: number, article: Article | undefined) => string {
  const { language } = usePreferences();
  return (units, article) =>
    quantity(units / (article?.scale ?? 1), language, article === undefined || article.scale === 1 ? 0 : 3);
}

/** What the API says of a field, under it. */
export function Fault({ at, mending }: { at: string; mending: Mending }) {
  const text = mending.of(at);
  if (text === undefined) return null;
  return (
    <div id={faultId(at)} role="alert" className="st-fault">
      <CloseCircleFilled aria-hidden /> {text}
    </div>
  );
}

/** − n +, for a thumb. */
export function Stepper({
  label,
  of,
  value,
  most,
  least = 0,
  step = 1,
  shown,
  onChange,
  at,
  mending,
  typed,
}: {
  label: string;
  /** What is counted, where several things are. */
  of?: string;
  value: number;
  most: number;
  least?: number;
  step?: number;
  shown: string;
  onChange: (value: number) => void;
  /** The field's place among those that may be wrong. */
  at?: string;
  mending?: Mending;
  /** The id of a field into which the number may be typed. */
  typed?: string;
}) {
  const t = useWords(words);
  const name = of === undefined ? label : `${label}: ${of}`;
  const wrong = typed === undefined && at !== undefined && mending?.of(at) !== undefined;
  return (
    <div
      role="group"
      aria-label={name}
      {...(wrong && { "data-fault": true, "aria-describedby": faultId(at) })}
    >
      <span className="st-label">{label}</span>
      <div className="st-count">
        <Button
          icon={<MinusOutlined />}
          aria-label={`${name}: ${t("fewer")}`}
          disabled={value <= least}
          onClick={() => onChange(Math.max(least, value - step))}
        />
        {typed === undefined ? (
          <output aria-live="polite">{shown}</output>
        ) : (
          <Input
            id={typed}
            value={shown}
            inputMode="numeric"
            autoComplete="off"
            aria-label={name}
            {...(at !== undefined && mending?.attributes(at))}
            onChange={(event) => onChange(Number(event.target.value.replace(/\D/g, "").slice(0, 6)))}
          />
        )}
        <Button
          icon={<PlusOutlined />}
          aria-label={`${name}: ${t("more_of")}`}
          disabled={value >= most}
          onClick={() => onChange(Math.min(most, value + step))}
        />
      </div>
    </div>
  );
}

/** One of several, as large buttons. */
export function Choices<V extends string>({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: V | null;
  options: readonly { value: V; text: string; note?: string }[];
  onChange: (value: V) => void;
}) {
  return (
    <div role="radiogroup" aria-label={label} className="st-list">
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          role="radio"
          aria-checked={value === option.value}
          className="st-choice"
          onClick={() => onChange(option.value)}
        >
          {option.text}
          {option.note !== undefined && <small>{option.note}</small>}
        </button>
      ))}
    </div>
  );
}

export const retry = (): void => floor.kick();

/** The end of a long order number is what people compare. */
export const orderName = (task: Pick<Task, "channel_order_id">): string => task.channel_order_id;
