"""The project's own file of stock counts, CSV or Parquet: one row what lies of an offer in a location.

| column | |
|---|---|
| `location`, `sku` | codes, required |
| `on_hand` | base units that are there, reserved or not; required, 0 included |
| `counted_at` | when it was counted, RFC 3339; if empty the count holds as of its arrival |
| `sequence` | the source system's running number; a lower one that comes late is ignored |
| `lot` | lot or expiry class |
"""

from collections.abc import Iterator
from datetime import tzinfo
from typing import Any, Final

from manystores.adapters.cells import Cells
from manystores.adapters.files import FilePath, Record, Reject, read_table
from manystores.catalogue import QUANTITY_MAX

COLUMNS: Final = ("location", "sku", "on_hand", "counted_at", "sequence", "lot")

#: What Chinese spreadsheets call them.
ALIASES: Final = {
    "offer": "sku",
    "商品编码": "sku",
    "货号": "sku",
    "quantity": "on_hand",
    "qty": "on_hand",
    "库存": "on_hand",
    "库存数量": "on_hand",
    "store": "location",
    "location_code": "location",
    "门店": "location",
    "门店编码": "location",
    "仓库": "location",
    "仓库编码": "location",
    "盘点时间": "counted_at",
    "批次": "lot",
    "批次号": "lot",
}

_SEQUENCE_MAX = 2**63 - 1


def read_counts(path: FilePath, zone: tzinfo | None = None) -> Iterator[Record | Reject]:
    """Yield a count's body per good row ({"location", "offer", "on_hand", …}) and a reject per broken cell.

    Times without an offset are in `zone`; without one they are rejected. Whether locations and offers exist is for
    the receiver to say. Of two rows on one bucket the later one holds, as with any counts that follow each other.
    """
    table = read_table(path, COLUMNS, required=("location", "sku", "on_hand"), aliases=ALIASES)
    yield from table.header_rejects
    for row_no, row in table.rows:
        cells = Cells(row_no, row)
        body: dict[str, Any] = {
            "location": cells.text("location", required=True),
            "offer": cells.text("sku", required=True),
            "on_hand": cells.integer("on_hand", 0, QUANTITY_MAX, required=True),
            "counted_at": cells.time("counted_at", zone),
            "sequence": cells.integer("sequence", 0, _SEQUENCE_MAX),
            "lot": cells.text("lot"),
        }
        if cells.rejects:
            yield from cells.rejects
        else:
            yield Record((row_no,), {field: value for field, value in body.items() if value is not None})
