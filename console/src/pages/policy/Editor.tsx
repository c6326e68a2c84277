/** The draft as a form: sections that a planner knows. */
import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Card, Flex, Select } from "antd";
import { useContext, type ReactNode } from "react";
import { useLook } from "@/app/look";
import { channelName, kindName, placeName, type T } from "@/pages/policy/diff";
import {
  ChoiceField,
  ChoicesField,
  EditingContext,
  FlagField,
  MoneyField,
  NumberField,
  Row,
  TextField,
} from "@/pages/policy/fields";
import {
  CHANNELS,
  KINDS,
  PLACES,
  LOOK_AHEAD_DAYS,
  REJECTION_COST,
  USUAL_IMPROVE,
  usePlaces,
  type ChannelRule,
  type Kind,
  type KindRule,
  type Policy,
  type Rank,
  type Threshold,
} from "@/pages/policy/model";
import { words } from "@/pages/policy/words";
import { useWords } from "@/words/words";

type Change = (changes: Partial<Policy>) => void;
interface SectionProps {
  policy: Policy;
  change: Change;
  t: T;
}

export function Editor({ policy, change }: { policy: Policy; change: Change }) {
  const t = useWords(words);
  const props = { policy, change, t };
  return (
    <Flex vertical gap={16}>
      <Kinds {...props} />
      <Channels {...props} />
      <Stock {...props} />
      <Capacity {...props} />
      <Split {...props} />
      <Ranks {...props} />
      <Rounds {...props} />
      <Shortage {...props} />
    </Flex>
  );
}

function Section({ title, help, children }: { title: string; help?: string; children: ReactNode }) {
  return (
    <Card size="small" title={<h2 style={{ margin: 0, fontSize: 15, fontWeight: 600 }}>{title}</h2>}>
      {help !== undefined && (
        <p className="muted" style={{ margin: "0 0 12px" }}>
          {help}
        </p>
      )}
      {children}
    </Card>
  );
}

/** A rule of a list, with what removes it. */
function Rule({
  name,
  label,
  onRemove,
  children,
}: {
  name?: ReactNode;
  label: string;
  onRemove?: () => void;
  children: ReactNode;
}) {
  const look = useLook();
  const { disabled } = useContext(EditingContext);
  return (
    <fieldset
      style={{ border: `1px solid ${look.line}`, borderRadius: 6, padding: "8px 12px 0", margin: "0 0 8px" }}
    >
      <Flex justify="space-between" align="start" gap={8}>
        <div style={{ flex: 1, minWidth: 0 }}>
          {name !== undefined && (
            <legend style={{ fontWeight: 600, padding: 0, marginBottom: 8 }}>{name}</legend>
          )}
          {children}
        </div>
        {onRemove && !disabled && (
          <Button type="text" icon={<DeleteOutlined />} aria-label={label} onClick={onRemove} />
        )}
      </Flex>
    </fieldset>
  );
}

function Add({ children, onClick }: { children: string; onClick: () => void }) {
  const { disabled } = useContext(EditingContext);
  return disabled ? null : (
    <Button icon={<PlusOutlined aria-hidden />} onClick={onClick}>
      {children}
    </Button>
  );
}

const USUAL: Record<Kind, KindRule> = {
  ship: { costs: {} },
  same_day: { km_max: 10, must_be_open: true, within_cut_off: true, costs: {} },
  pick_up: { km_max: 50, costs: {} },
};

function Kinds({ policy, change, t }: SectionProps) {
  const put = (kind: Kind, rule: KindRule | undefined) => {
    const kinds = { ...policy.kinds };
    if (rule === undefined) delete kinds[kind];
    else kinds[kind] = rule;
    change({ kinds });
  };
  return (
    <Section title={t("sec_kinds")} help={t("sec_kinds_help")}>
      {KINDS.map((kind) => {
        const rule = policy.kinds[kind];
        return (
          <Rule key={kind} name={kindName(kind)} label="">
            <FlagField
              at={rule === undefined ? "/kinds" : `/kinds/${kind}`}
              label={t("offered")}
              value={rule !== undefined}
              onChange={(on) => put(kind, on ? USUAL[kind] : undefined)}
            />
            {rule !== undefined && <KindFields kind={kind} rule={rule} put={(one) => put(kind, one)} t={t} />}
          </Rule>
        );
      })}
    </Section>
  );
}

function KindFields({
  kind,
  rule,
  put,
  t,
}: {
  kind: Kind;
  rule: KindRule;
  put: (rule: KindRule) => void;
  t: T;
}) {
  const at = `/kinds/${kind}`;
  const costs = rule.costs ?? {};
  return (
    <>
      <Row>
        <NumberField
          at={`${at}/km_max`}
          label={t("km_max")}
          help={t("km_max_help")}
          value={rule.km_max}
          unit="km"
          placeholder={t("any_distance")}
          onChange={(km_max) => put({ ...rule, km_max })}
        />
        <div style={{ paddingTop: 30 }}>
          <Row>
            <FlagField
              at={`${at}/must_be_open`}
              label={t("must_be_open")}
              help={t("must_be_open_help")}
              value={rule.must_be_open}
              onChange={(must_be_open) => put({ ...rule, must_be_open })}
            />
            <FlagField
              at={`${at}/within_cut_off`}
              label={t("within_cut_off")}
              help={t("within_cut_off_help")}
              value={rule.within_cut_off}
              onChange={(within_cut_off) => put({ ...rule, within_cut_off })}
            />
          </Row>
        </div>
      </Row>
      <Row>
        {(["base", "per_km", "per_kg", "per_kg_km"] as const).map((cost) => (
          <MoneyField
            key={cost}
            at={`${at}/costs/${cost}`}
            label={t(cost)}
            value={costs[cost] ?? 0}
            onChange={(minor) => put({ ...rule, costs: { ...costs, [cost]: minor ?? 0 } })}
          />
        ))}
      </Row>
    </>
  );
}

const escaped = (name: string): string => name.replaceAll("~", "~0").replaceAll("/", "~1");

function Channels({ policy, change, t }: SectionProps) {
  const { disabled } = useContext(EditingContext);
  const places = usePlaces();
  const groups = (places.data?.groups ?? []).map((value) => ({ value, label: value }));
  const rules = policy.channels ?? {};
  const put = (channel: string, rule: ChannelRule | undefined) => {
    const channels = { ...rules };
    if (rule === undefined) delete channels[channel];
    else channels[channel] = rule;
    change({ channels });
  };
  const free = [...CHANNELS, "*"].filter((channel) => !(channel in rules));
  return (
    <Section title={t("sec_channels")} help={t("sec_channels_help")}>
      {Object.entries(rules).map(([channel, rule], n) => {
        const at = `/channels/${escaped(channel)}`;
        return (
          <Rule
            key={channel}
            name={channelName(channel, t)}
            label={t("remove_rule", { n: n + 1 })}
            onRemove={() => put(channel, undefined)}
          >
            <Row>
              <ChoicesField
                at={`${at}/kinds`}
                label={t("channel_kinds")}
                value={rule.kinds}
                options={KINDS.map((value) => ({ value, label: kindName(value) }))}
                placeholder={t("may_all")}
                onChange={(kinds) => put(channel, { ...rule, kinds })}
              />
              <ChoicesField
                at={`${at}/location_kinds`}
                label={t("channel_places")}
                value={rule.location_kinds}
                options={PLACES.map((value) => ({ value, label: placeName(value) }))}
                placeholder={t("may_all")}
                onChange={(location_kinds) => put(channel, { ...rule, location_kinds })}
              />
              <ChoicesField
                at={`${at}/groups`}
                label={t("channel_groups")}
                value={rule.groups}
                options={groups}
                placeholder={t("may_all")}
                onChange={(value) => put(channel, { ...rule, groups: value })}
              />
              <ChoicesField
                at={`${at}/excluded_groups`}
                label={t("channel_excluded")}
                value={rule.excluded_groups}
                options={groups}
                placeholder={t("none")}
                onChange={(excluded_groups) => put(channel, { ...rule, excluded_groups })}
              />
            </Row>
          </Rule>
        );
      })}
      {!disabled && free.length > 0 && (
        <Select
          aria-label={t("add_channel")}
          placeholder={t("add_channel")}
          value={null}
          style={{ width: 280 }}
          options={free.map((value) => ({ value, label: channelName(value, t) }))}
          onChange={(channel: string | null) => channel !== null && put(channel, {})}
        />
      )}
    </Section>
  );
}

function GroupField({
  at,
  value,
  onChange,
  t,
}: {
  at: string;
  value?: string;
  onChange: (group: string) => void;
  t: T;
}) {
  const places = usePlaces();
  const known = places.data?.groups ?? [];
  const all = value === undefined || value === "*" || known.includes(value) ? known : [value, ...known];
  return (
    <ChoiceField
      at={at}
      label={t("group")}
      value={value ?? "*"}
      options={[
        { value: "*", label: t("every_location") },
        ...all.map((one) => ({ value: one, label: one })),
      ]}
      onChange={(group) => onChange(group ?? "*")}
    />
  );
}

function Stock({ policy, change, t }: SectionProps) {
  const rules = policy.thresholds ?? [];
  const put = (n: number, changes: Partial<Threshold>) =>
    change({ thresholds: rules.map((rule, i) => (i === n ? { ...rule, ...changes } : rule)) });
  return (
    <Section title={t("sec_stock")} help={t("sec_stock_help")}>
      <NumberField
        at="/safety_stock"
        label={t("safety_stock")}
        help={t("safety_stock_help")}
        value={policy.safety_stock ?? 0}
        unit={t("unit")}
        width={240}
        onChange={(value) => change({ safety_stock: value ?? 0 })}
      />
      {rules.map((rule, n) => (
        <Rule
          key={n}
          label={t("remove_rule", { n: n + 1 })}
          onRemove={() => change({ thresholds: rules.filter((_, i) => i !== n) })}
        >
          <Row>
            <NumberField
              at={`/thresholds/${n}/units`}
              label={t("keep_back")}
              value={rule.units}
              unit={t("unit")}
              width={120}
              onChange={(units) => put(n, { units })}
            />
            <ChoiceField
              at={`/thresholds/${n}/channel`}
              label={t("channel")}
              value={rule.channel ?? "*"}
              options={["*", ...CHANNELS].map((value) => ({
                value,
                label: value === "*" ? t("every_channel") : channelName(value, t),
              }))}
              onChange={(channel) => put(n, { channel })}
            />
            <GroupField
              at={`/thresholds/${n}/group`}
              value={rule.group}
              onChange={(group) => put(n, { group })}
              t={t}
            />
            <TextField
              at={`/thresholds/${n}/sku`}
              label={t("sku")}
              value={rule.sku}
              placeholder={t("every_offer")}
              onChange={(sku) => put(n, { sku })}
            />
            <TextField
              at={`/thresholds/${n}/offer_class`}
              label={t("offer_class")}
              value={rule.offer_class}
              placeholder={t("every_offer")}
              onChange={(offer_class) => put(n, { offer_class })}
            />
          </Row>
        </Rule>
      ))}
      <Add onClick={() => change({ thresholds: [...rules, { units: 1, channel: "*", group: "*" }] })}>
        {t("add_threshold")}
      </Add>
    </Section>
  );
}

function Capacity({ policy, change, t }: SectionProps) {
  const places = usePlaces();
  const options = (places.data?.locations ?? []).map(({ code, name }) => ({
    value: code,
    label: `${name} · ${code}`,
  }));
  return (
    <Section title={t("sec_capacity")}>
      <FlagField
        at="/respect_capacity"
        label={t("respect_capacity")}
        help={t("respect_capacity_help")}
        value={policy.respect_capacity ?? true}
        onChange={(respect_capacity) => change({ respect_capacity })}
      />
      <Row>
        <MoneyField
          at="/rejection_cost"
          label={t("rejection_cost")}
          help={t("rejection_cost_help")}
          value={policy.rejection_cost ?? REJECTION_COST}
          width={240}
          onChange={(minor) =>
            change({ rejection_cost: minor === null ? REJECTION_COST : Math.round(minor) })
          }
        />
        <NumberField
          at="/look_ahead_days"
          label={t("look_ahead")}
          help={t("look_ahead_help")}
          value={policy.look_ahead_days ?? LOOK_AHEAD_DAYS}
          unit={t("unit_days")}
          width={240}
          onChange={(days) => change({ look_ahead_days: days ?? LOOK_AHEAD_DAYS })}
        />
      </Row>
      <ChoicesField
        at="/excluded_locations"
        label={t("excluded_locations")}
        help={t("excluded_help")}
        value={policy.excluded_locations}
        options={options}
        placeholder={t("none")}
        width={560}
        onChange={(excluded_locations) => change({ excluded_locations })}
      />
    </Section>
  );
}

function Split({ policy, change, t }: SectionProps) {
  const split = policy.split ?? {};
  const put = (changes: Partial<typeof split>) => change({ split: { ...split, ...changes } });
  return (
    <Section title={t("sec_split")}>
      <FlagField
        at="/split/allow_split"
        label={t("allow_split")}
        help={t("allow_split_help")}
        value={split.allow_split ?? true}
        onChange={(allow_split) => put({ allow_split })}
      />
      <Row>
        <NumberField
          at="/split/max_shipments"
          label={t("max_shipments")}
          value={split.max_shipments ?? 3}
          width={220}
          onChange={(value) => put({ max_shipments: value ?? 3 })}
        />
        <ChoiceField
          at="/split/line_split"
          label={t("line_split")}
          value={split.line_split ?? "if_needed"}
          width={260}
          options={(["never", "if_needed", "if_cheaper"] as const).map((value) => ({
            value,
            label: t(`line_${value}`),
          }))}
          onChange={(line_split) => put({ line_split })}
        />
      </Row>
    </Section>
  );
}

function Ranks({ policy, change, t }: SectionProps) {
  const rules = policy.rank ?? [];
  const put = (n: number, changes: Partial<Rank>) =>
    change({ rank: rules.map((rule, i) => (i === n ? { ...rule, ...changes } : rule)) });
  return (
    <Section title={t("sec_rank")} help={t("sec_rank_help")}>
      {rules.map((rule, n) => (
        <Rule
          key={n}
          label={t("remove_rule", { n: n + 1 })}
          onRemove={() => change({ rank: rules.filter((_, i) => i !== n) })}
        >
          <Row>
            <MoneyField
              at={`/rank/${n}/cost`}
              label={t("cost")}
              value={rule.cost}
              onChange={(minor) => put(n, { cost: minor })}
            />
            <GroupField
              at={`/rank/${n}/group`}
              value={rule.group}
              onChange={(group) => put(n, { group })}
              t={t}
            />
            <ChoiceField
              at={`/rank/${n}/location_kind`}
              label={t("place_kind")}
              value={rule.location_kind ?? undefined}
              clearable
              placeholder={t("any_kind")}
              options={PLACES.map((value) => ({ value, label: placeName(value) }))}
              onChange={(kind) => put(n, { location_kind: kind ?? null })}
            />
          </Row>
        </Rule>
      ))}
      <Add onClick={() => change({ rank: [...rules, { cost: 0, group: "*", location_kind: null }] })}>
        {t("add_rank")}
      </Add>
    </Section>
  );
}

/** Rounds over orders that nobody accepted yet. */
function Rounds({ policy, change, t }: SectionProps) {
  const rule = { ...USUAL_IMPROVE, ...policy.improve };
  const put = (changes: Partial<typeof rule>) => change({ improve: { ...policy.improve, ...changes } });
  return (
    <Section title={t("sec_improve")} help={t("sec_improve_help")}>
      <FlagField
        at="/improve/enabled"
        label={t("improve_enabled")}
        value={rule.enabled}
        onChange={(enabled) => put({ enabled })}
      />
      {rule.enabled && (
        <Row>
          <NumberField
            at="/improve/every_minutes"
            label={t("improve_every")}
            value={rule.every_minutes}
            unit={t("minutes")}
            width={160}
            onChange={(value) => put({ every_minutes: value ?? USUAL_IMPROVE.every_minutes })}
          />
          <MoneyField
            at="/improve/min_gain"
            label={t("improve_gain")}
            value={rule.min_gain}
            onChange={(minor) => put({ min_gain: minor ?? USUAL_IMPROVE.min_gain })}
          />
          <NumberField
            at="/improve/min_gain_percent"
            label={t("improve_percent")}
            value={rule.min_gain_percent}
            unit="%"
            width={160}
            onChange={(value) => put({ min_gain_percent: value ?? USUAL_IMPROVE.min_gain_percent })}
          />
          <NumberField
            at="/improve/max_moves"
            label={t("improve_moves")}
            value={rule.max_moves}
            width={160}
            onChange={(value) => put({ max_moves: value ?? USUAL_IMPROVE.max_moves })}
          />
        </Row>
      )}
    </Section>
  );
}

function Shortage({ policy, change, t }: SectionProps) {
  return (
    <Section title={t("sec_shortage")}>
      <Row>
        <ChoiceField
          at="/on_shortage"
          label={t("on_shortage")}
          value={policy.on_shortage ?? "reject"}
          width={280}
          options={(["reject", "partial", "backorder"] as const).map((value) => ({
            value,
            label: t(`shortage_${value}`),
          }))}
          onChange={(on_shortage) => change({ on_shortage })}
        />
        <TextField
          at="/currency"
          label={t("currency")}
          help={t("currency_help")}
          value={policy.currency ?? "CNY"}
          onChange={(currency) => change({ currency: currency.toUpperCase() })}
        />
      </Row>
    </Section>
  );
}
