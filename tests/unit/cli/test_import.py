"""Whose columns a file has, and how what the API refuses comes back to rows and columns."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click import UsageError

from manystores.adapters.files import Record
from manystores.adapters.shopify_orders import Destination
from manystores.cli.import_ import Kind, _counted_before, _format, _locate, _Options, _problem, _read, _rejects

SHANGHAI = ZoneInfo("Asia/Shanghai")


def options(kind: Kind, wanted: str = "auto") -> _Options:
    return _Options(kind, wanted, "CNY", SHANGHAI)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "headings", "whose"),
    [
        ("stock", "location,sku,on_hand", "own"),
        ("stock", "门店编码,商品编码,库存", "own"),
        ("stock", "Handle,Title,SKU,Location,Available,On hand (current)", "shopify"),
        ("offers", "sku,name,price", "own"),
        ("offers", "Handle,Title,Variant SKU,Variant Price", "shopify"),
        ("orders", "Name,Created at,Lineitem sku,Lineitem quantity", "shopify"),
        ("orders", "channel,channel_order_id,placed_at,sku,quantity", "own"),
    ],
)
def test_a_file_tells_whose_it_is_by_its_headings(tmp_path: Path, kind: Kind, headings: str, whose: str) -> None:
    file = tmp_path / "file.csv"
    file.write_text(headings + "\n", encoding="utf-8")
    assert _format(file, options(kind)) == whose
    assert _format(file, options(kind, "own")) == "own"


def test_shopify_has_no_file_of_locations(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Shopify has no file of locations"):
        _read(tmp_path / "any.csv", options("locations", "shopify"))


def test_a_refused_item_becomes_rejects_of_its_own_rows_in_both_languages() -> None:
    """The pointer of a batch names the item; the pointer into an order names the line, and so the row."""
    english = {
        "code": "invalid",
        "status": 422,
        "title": "The request breaks a rule",
        "errors": [{"pointer": "/lines/1/offer", "code": "unknown_offer", "detail": "There is no offer X"}],
    }
    chinese = english | {
        "title": "不符合规则",
        "errors": [{"pointer": "/lines/1/offer", "code": "unknown_offer", "detail": "商品 X 不存在"}],
    }
    record = Record((7, 8), {"lines": [{"offer": "A"}, {"offer": "X"}]})
    (reject,) = _rejects(record, _problem(english, chinese), "orders")
    assert (reject.row, reject.field, reject.rule, reject.value) == (8, "sku", "unknown_offer", "X")
    assert (reject.en, reject.zh) == ("There is no offer X", "商品 X 不存在")

    english["errors"] = [{"pointer": "/locations/41/lat", "code": "swapped", "detail": "swapped"}]
    chinese["errors"] = [{"pointer": "/locations/0/lat", "code": "swapped", "detail": "填反了"}]
    (reject,) = _rejects(Record((43,), {"lat": 116.4}), _problem(english, chinese), "locations")
    assert (reject.row, reject.field, reject.value, reject.zh) == (43, "lat", "116.4", "填反了")


def test_a_problem_without_fields_is_a_reject_of_the_row() -> None:
    document = {"code": "stale_count", "status": 409, "title": "A newer count is known", "detail": "The last is of 9."}
    (reject,) = _rejects(Record((3,), {}), _problem(document, document), "stock")
    assert (reject.row, reject.field, reject.rule, reject.en) == (3, "", "stale_count", "The last is of 9.")


def test_the_very_count_that_was_sent_last_is_no_reject_and_an_older_one_is() -> None:
    stale = {"problem": {"code": "stale_count", "last_sequence": 17}}
    assert _counted_before(Record((2,), {"sequence": 17}), stale)
    assert not _counted_before(Record((2,), {"sequence": 16}), stale)
    assert not _counted_before(Record((2,), {}), {"problem": {"code": "unknown_offer"}})


def test_a_parcel_of_shopify_is_located_by_its_city() -> None:
    found = _locate(Destination("CN", "", "苏州市", ""))
    assert found is not None
    assert found["region"] == "320500"
    assert found["lat"] == pytest.approx(31.3, abs=0.2)
    assert _locate(Destination("US", "NY", "New York", "10001")) is None
    assert _locate(Destination("CN", "", "Atlantis", "")) is None
