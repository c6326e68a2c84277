import { DownloadOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useCan } from "@/api/me";
import { usePhone, usePreferences } from "@/app/preferences";
import { useCommon } from "@/words/common";

export type ExportPath =
  | "/v1/orders.csv"
  | "/v1/fulfilment-orders.csv"
  | "/v1/locations.csv"
  | "/v1/stock.csv"
  | "/v1/stock/movements.csv"
  | "/v1/stock/exceptions.csv"
  | "/v1/offers.csv";

/**
 * Downloads the list that is shown as CSV: `<ExportButton path="/v1/orders.csv" scope="orders:read" query={filters} />`.
 * The filters are those of the list; columns are named in the reader's language, times are in their zone.
 */
export function ExportButton({
  path,
  scope,
  query = {},
}: {
  path: ExportPath;
  /** Without this scope there is no button. */
  scope: string;
  query?: Readonly<Record<string, string | number | boolean | undefined | null>>;
}) {
  const t = useCommon();
  const phone = usePhone();
  const { language } = usePreferences();
  const may = useCan(scope);
  if (!may) return null;
  return (
    <Button
      icon={<DownloadOutlined />}
      href={addressOf(path, query, language)}
      download
      aria-label={t("export")}
      title={t("export_detail")}
    >
      {phone ? null : t("export")}
    </Button>
  );
}

/** Filters that are not set are left out. */
function addressOf(
  path: ExportPath,
  query: Readonly<Record<string, string | number | boolean | undefined | null>>,
  language: "en" | "zh",
): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null) search.set(name, String(value));
  }
  search.set("heads", language);
  if (TIMED.includes(path)) search.set("time_zone", Intl.DateTimeFormat().resolvedOptions().timeZone);
  return `${path}?${search}`;
}

const TIMED: readonly ExportPath[] = [
  "/v1/orders.csv",
  "/v1/stock/movements.csv",
  "/v1/stock/exceptions.csv",
];
