import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Select, Spin } from "antd";
import { useDeferredValue, useState } from "react";
import { api, data } from "@/api/client";
import { words } from "@/pages/people/words";
import { useWords } from "@/words/words";

const SHOWN = 30;

/** Chooses stores by a piece of their name or code, out of thousands. */
export function StoreSelect({
  id,
  value,
  onChange,
  ...described
}: {
  id?: string;
  value?: string[];
  onChange?: (codes: string[]) => void;
  /** A form tells by these what is wrong. */
  "aria-describedby"?: string;
  "aria-invalid"?: "true";
}) {
  const t = useWords(words);
  const [text, setText] = useState("");
  const wanted = useDeferredValue(text.trim());
  const found = useQuery({
    queryKey: ["locations", "find", wanted],
    placeholderData: keepPreviousData,
    queryFn: () =>
      data(
        api.GET("/v1/locations", {
          params: { query: { limit: SHOWN, ...(wanted === "" ? {} : { text: wanted }) } },
        }),
      ),
  });
  return (
    <Select
      {...described}
      id={id}
      mode="multiple"
      value={value}
      onChange={onChange}
      showSearch={{ filterOption: false, onSearch: setText }}
      placeholder={t("find_store")}
      notFoundContent={found.isFetching ? <Spin size="small" /> : undefined}
      options={found.data?.locations.map(({ code, name }) => ({ value: code, label: `${name} · ${code}` }))}
      labelRender={({ value: code }) => <span className="mono">{code}</span>}
    />
  );
}
