/** Fields that find a location or an offer by a piece of its code or name. */
import { useQuery } from "@tanstack/react-query";
import { Select } from "antd";
import { useState } from "react";
import { api, data } from "@/api/client";
import { useMe } from "@/api/me";
import { usePreferences } from "@/app/preferences";
import { nameOf } from "@/pages/stock/parts";
import { useClear } from "@/ui/useClear";

interface Props {
  id?: string;
  value?: string;
  onChange?: (value: string | undefined) => void;
  placeholder?: string;
  label: string;
  disabled?: boolean;
  width?: number | string;
}

export function LocationPick(props: Props) {
  const [text, setText] = useState("");
  const me = useMe();
  const found = useQuery({
    queryKey: ["pick-location", text],
    queryFn: () =>
      data(api.GET("/v1/locations", { params: { query: { limit: 20, ...(text === "" ? {} : { text }) } } })),
    enabled: me.scopes.includes("locations:read"),
  });
  const list = (found.data?.locations ?? []).map(({ code, name }) => ({
    value: code,
    label: `${name} ${code}`,
  }));
  const code = props.value ?? "";
  const unnamed = code !== "" && found.isSuccess && !list.some(({ value }) => value === code);
  const chosen = useQuery({
    queryKey: ["pick-location", "chosen", code],
    enabled: unnamed && code !== "*",
    staleTime: 60_000,
    retry: false,
    queryFn: () => data(api.GET("/v1/locations/{code}", { params: { path: { code } } })),
  });
  const options =
    unnamed && chosen.data !== undefined
      ? [{ value: code, label: `${chosen.data.name} ${code}` }, ...list]
      : list;
  return <Pick {...props} options={options} loading={found.isFetching} onSearch={setText} />;
}

export function OfferPick(props: Props) {
  const [text, setText] = useState("");
  const { language } = usePreferences();
  const found = useQuery({
    queryKey: ["pick-offer", text],
    queryFn: () =>
      data(api.GET("/v1/offers", { params: { query: { limit: 20, ...(text === "" ? {} : { text }) } } })),
  });
  const list = (found.data?.offers ?? []).map(({ sku, name }) => ({
    value: sku,
    label: `${nameOf(name, language)} ${sku}`,
  }));
  const sku = props.value ?? "";
  const unnamed = sku !== "" && found.isSuccess && !list.some(({ value }) => value === sku);
  const chosen = useQuery({
    queryKey: ["pick-offer", "chosen", sku],
    enabled: unnamed,
    staleTime: 60_000,
    retry: false,
    queryFn: () => data(api.GET("/v1/offers/{sku}", { params: { path: { sku } } })),
  });
  const options =
    unnamed && chosen.data !== undefined
      ? [{ value: sku, label: `${nameOf(chosen.data.name, language)} ${sku}` }, ...list]
      : list;
  return <Pick {...props} options={options} loading={found.isFetching} onSearch={setText} />;
}

function Pick({
  id,
  value,
  onChange,
  placeholder,
  label,
  disabled,
  width,
  options,
  loading,
  onSearch,
}: Props & {
  options: { value: string; label: string }[];
  loading: boolean;
  onSearch: (text: string) => void;
}) {
  const clear = useClear();
  const known = value === undefined || options.some((one) => one.value === value);
  return (
    <Select
      id={id}
      aria-label={label}
      style={{ width: width ?? "100%" }}
      value={value}
      onChange={(chosen: string | undefined) => onChange?.(chosen)}
      options={known ? options : [{ value, label: value }, ...options]}
      showSearch={{ filterOption: false, onSearch }}
      allowClear={clear}
      loading={loading}
      disabled={disabled}
      placeholder={placeholder}
    />
  );
}
