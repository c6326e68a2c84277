import { AutoComplete, Flex, Input, Select } from "antd";
import { useDeferredValue, useMemo, useState } from "react";
import { usePhone } from "@/app/preferences";
import type { Filter, Network } from "@/pages/map/network";
import { words } from "@/pages/map/words";
import { capabilityWords } from "@/words/capabilities";
import { useClear } from "@/ui/useClear";
import { useCommon, wordFor } from "@/words/common";
import { useWords } from "@/words/words";

const FOUND_MOST = 12;

/** Finds a location of the network by its code or name. */
export function Find({ network, onFind }: { network: Network | undefined; onFind: (code: string) => void }) {
  const t = useWords(words);
  const clear = useClear();
  const [text, setText] = useState("");
  const wanted = useDeferredValue(text);
  const options = useMemo(() => {
    const { code, name } = network?.points.columns ?? { code: [], name: [] };
    return (network?.search(wanted, FOUND_MOST) ?? []).map((row) => ({
      value: code[row]!,
      label: (
        <Flex justify="space-between" gap={12}>
          <span>{name[row]}</span>
          <span className="mono muted">{code[row]}</span>
        </Flex>
      ),
    }));
  }, [network, wanted]);
  return (
    <AutoComplete
      options={options}
      value={text}
      onChange={setText}
      onSelect={(code: string) => {
        setText("");
        onFind(code);
      }}
      defaultActiveFirstOption
      popupMatchSelectWidth={320}
      style={{ width: 220 }}
    >
      <Input.Search aria-label={t("find")} placeholder={t("find_hint")} allowClear={clear} />
    </AutoComplete>
  );
}

/** Which locations are drawn and listed. */
export function Filters({
  network,
  filter,
  regionName,
  onFilter,
}: {
  network: Network | undefined;
  filter: Filter;
  regionName: string | undefined;
  onFilter: (changes: Partial<Record<keyof Filter, string | undefined>>) => void;
}) {
  const t = useWords(words);
  const clear = useClear();
  const can = useWords(capabilityWords);
  const common = useCommon();
  const phone = usePhone();
  const points = network?.points;
  const lists: [keyof Filter, { value: string; label: string }[]][] = [
    ["group", (points?.groups ?? []).toSorted().map((one) => ({ value: one, label: one }))],
    ["capability", (points?.capabilities ?? []).map((one) => ({ value: one, label: can(one) }))],
    [
      "partner",
      (points?.partners ?? []).map((one) => ({ value: one === "" ? "-" : one, label: one || t("own") })),
    ],
    ["kind", (points?.kinds ?? []).map((one) => ({ value: one, label: wordFor(common, "place", one) }))],
  ];
  const shown = lists.filter(([name, options]) => options.length > 1 || filter[name] !== undefined);
  return (
    <Flex wrap gap={8}>
      {shown.map(([name, options]) => (
        <Select
          key={name}
          aria-label={t(name === "region" ? "region" : name)}
          placeholder={t(name === "region" ? "region" : name)}
          options={options}
          value={name === "partner" && filter.partner === "" ? "-" : filter[name]}
          onChange={(value: string | undefined) => onFilter({ [name]: value })}
          allowClear={clear}
          showSearch
          style={{ minWidth: phone ? 140 : 150 }}
          popupMatchSelectWidth={false}
        />
      ))}
      {filter.region !== undefined && (
        <Select
          aria-label={t("region")}
          value={filter.region}
          options={[{ value: filter.region, label: regionName ?? filter.region }]}
          onChange={() => onFilter({ region: undefined })}
          onClear={() => onFilter({ region: undefined })}
          allowClear={clear}
          style={{ minWidth: 150 }}
        />
      )}
    </Flex>
  );
}
