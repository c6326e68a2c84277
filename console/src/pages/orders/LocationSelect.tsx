import { useQuery } from "@tanstack/react-query";
import { Select } from "antd";
import { useDeferredValue, useState } from "react";
import { api, data } from "@/api/client";
import { useCan } from "@/api/me";
import { useClear } from "@/ui/useClear";

/** A location by code or a piece of its name; who may not list locations types the code. */
export function LocationSelect({
  id,
  label,
  placeholder,
  value,
  width = "100%",
  onChange,
  ...described
}: {
  id?: string;
  label?: string;
  placeholder?: string;
  value?: string;
  width?: number | string;
  onChange?: (code: string | undefined) => void;
  /** A form tells by these what is wrong. */
  "aria-describedby"?: string;
  "aria-invalid"?: "true";
}) {
  const [typed, setTyped] = useState("");
  const text = useDeferredValue(typed.trim());
  const clear = useClear();
  const may = useCan("locations:read");
  const found = useQuery({
    queryKey: ["locations", "find", text],
    queryFn: () => data(api.GET("/v1/locations", { params: { query: { text: text || null, limit: 30 } } })),
    enabled: may,
    staleTime: 60_000,
  });
  const options = (found.data?.locations ?? []).map(({ code, name }) => ({
    value: code,
    label: `${name} · ${code}`,
  }));
  const known = value === undefined || options.some((one) => one.value === value);
  return (
    <Select
      {...described}
      id={id}
      aria-label={label}
      placeholder={placeholder}
      allowClear={clear}
      showSearch={{ filterOption: false, onSearch: setTyped }}
      loading={found.isFetching}
      value={value}
      style={{ width }}
      onChange={onChange}
      options={known ? options : [{ value, label: value }, ...options]}
    />
  );
}
