/** Things named in one way everywhere, each opening its page. */
import { Link } from "react-router";

/** An order by its channel's number where it is known, else by the end of its id. */
export function OrderLink({ id, label }: { id: string; label?: string }) {
  return (
    <Link
      className="mono"
      to={`/orders/${id}`}
      title={id}
      style={label === undefined ? { whiteSpace: "nowrap" } : undefined}
    >
      {label ?? `…${id.slice(-8)}`}
    </Link>
  );
}

export function LocationLink({ code, name }: { code: string; name?: string }) {
  return (
    <Link to={`/locations/${encodeURIComponent(code)}`} title={code}>
      {name ?? <span className="mono">{code}</span>}
    </Link>
  );
}

/** An offer opens what it is and where it stands. */
export function OfferLink({ sku, name }: { sku: string; name?: string }) {
  return (
    <Link to={`/offers/${encodeURIComponent(sku)}`} title={sku}>
      {name ?? <span className="mono">{sku}</span>}
    </Link>
  );
}
