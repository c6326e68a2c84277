import { Flex } from "antd";
import { useMe } from "@/api/me";
import { usePhone } from "@/app/preferences";
import {
  counterOf,
  isOfFilters,
  MOVE_FILTERS,
  MoveFilters,
  MovementTable,
  queryOf,
  useMovements,
} from "@/pages/stock/movements";
import { LocationPick, OfferPick } from "@/pages/stock/pick";
import { More } from "@/pages/stock/StockView";
import { movementWords, words } from "@/pages/stock/words";
import { EmptyState } from "@/ui/EmptyState";
import { ExportButton } from "@/ui/ExportButton";
import { PageHeader } from "@/ui/PageHeader";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { SavedViews } from "@/ui/SavedViews";
import { useFilters } from "@/ui/useFilters";
import { useCommon } from "@/words/common";
import { useWords } from "@/words/words";

/** What moved in a location, or of an offer wherever it stands; in a store, what moved there. */
export default function MovementsView() {
  const t = useWords(words);
  const page = useWords(movementWords);
  const common = useCommon();
  const me = useMe();
  const phone = usePhone();
  const [filters, setFilters] = useFilters([...MOVE_FILTERS, "location", "offer"]);
  const scope = { location: filters.location, offer: filters.offer };
  const bounded = (filters.location ?? filters.offer ?? me.location ?? undefined) !== undefined;
  const found = useMovements(scope, filters, bounded);
  const rows = found.data?.pages.flatMap(({ movements }) => movements);
  return (
    <>
      <PageHeader
        title={page("title")}
        actions={
          <>
            <SavedViews />
            {bounded && (
              <ExportButton
                path="/v1/stock/movements.csv"
                scope="stock:read"
                query={queryOf(scope, filters)}
              />
            )}
          </>
        }
      />
      <Flex wrap gap={8} role="search" aria-label={t("record")} style={{ marginBottom: 8 }}>
        {me.location === null && (
          <LocationPick
            label={common("location")}
            placeholder={common("location")}
            value={filters.location}
            onChange={(location) => setFilters({ location })}
            width={phone ? "calc(50% - 4px)" : 240}
          />
        )}
        <OfferPick
          label={common("offer")}
          placeholder={common("offer")}
          value={filters.offer}
          onChange={(offer) => setFilters({ offer })}
          width={phone ? "calc(50% - 4px)" : 240}
        />
      </Flex>
      <MoveFilters filters={filters} onChange={setFilters} rows={rows} error={found.error} />
      {!bounded ? (
        <EmptyState title={t("movements_of")}>{t("movements_of_hint")}</EmptyState>
      ) : found.error !== null ? (
        !isOfFilters(found.error) && <ProblemAlert error={found.error} onRetry={() => void found.refetch()} />
      ) : (
        <MovementTable
          rows={rows}
          loading={found.isPending}
          counter={counterOf(filters)}
          named={(row) =>
            filters.location === undefined && me.location === null
              ? filters.offer === undefined
                ? `${row.location} · ${row.offer}`
                : row.location
              : row.offer
          }
        />
      )}
      <More query={found} />
    </>
  );
}
