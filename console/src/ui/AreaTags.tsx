import { useQuery } from "@tanstack/react-query";
import { Tag } from "antd";
import { usePreferences } from "@/app/preferences";
import { AREA } from "@/ui/area";
import { regionName, regionsQuery } from "@/ui/map/regions";
import { capabilityWords } from "@/words/capabilities";
import { defineWords, useWords } from "@/words/words";

const words = defineWords({
  en: {
    group: "Group: {{value}}",
    capability: "Can: {{value}}",
    partner: "Stock owner: {{value}}",
    own: "the brand itself",
    region: "{{value}}",
    within: "A part of the map",
  },
  zh: {
    group: "分组：{{value}}",
    capability: "能力：{{value}}",
    partner: "库存归属：{{value}}",
    own: "品牌自有",
    region: "{{value}}",
    within: "地图选区",
  },
});

type Names = (typeof AREA)[number];

/** The name of a region by its code, in the reader's language; the code until it is known. */
export function useRegionName(code: string | undefined): string | undefined {
  const { language } = usePreferences();
  const level = code?.endsWith("0000") === true ? "province" : "prefecture";
  const { data: regions } = useQuery({ ...regionsQuery(level), enabled: code !== undefined });
  const found = regions?.features.find(({ properties }) => properties.code === code)?.properties;
  return found === undefined ? code : regionName(found, language);
}

/** What provinces and countries are called: the name that the API told, or in English the one of the map. */
export function useProvinceNames(): (code: string, told: string) => string {
  const { language } = usePreferences();
  const { data: regions } = useQuery({ ...regionsQuery("province"), enabled: language === "en" });
  return (code, told) => {
    const found = regions?.features.find(({ properties }) => properties.code === code)?.properties;
    return language === "en" && found !== undefined ? regionName(found, language) : told;
  };
}

/** Which locations a list is narrowed to by where one came from; each can be taken away. */
export function AreaTags({
  filters,
  onChange,
}: {
  filters: Partial<Record<Names, string>>;
  onChange: (changes: Partial<Record<Names, undefined>>) => void;
}) {
  const t = useWords(words);
  const can = useWords(capabilityWords);
  const region = useRegionName(filters.region);
  const told = (name: Names, value: string): string => {
    if (name === "region") return region ?? value;
    if (name === "partner" && value === "-") return t("own");
    if (name === "capability" && value in capabilityWords.en)
      return can(value as keyof typeof capabilityWords.en);
    return value;
  };
  return AREA.map((name) => {
    const value = filters[name];
    if (value === undefined) return null;
    return (
      <Tag key={name} closable onClose={() => onChange({ [name]: undefined })}>
        {t(name, { value: told(name, value) })}
      </Tag>
    );
  });
}
