"""The project's own file of offers: bodies of good rows, rejects that name row, column and rule."""

from pathlib import Path

import polars as pl
import pytest

from manystores.adapters.files import Record, Reject
from manystores.adapters.offers_file import read_offers
from manystores.core.errors import Problem


def read(path: Path, content: str) -> tuple[list[Record], list[tuple[int, str, str, str]]]:
    file = path / "offers.csv"
    file.write_text(content, encoding="utf-8")
    found = list(read_offers(file))
    rejects = [(r.row, r.field, r.rule, r.value) for r in found if isinstance(r, Reject)]
    return [r for r in found if isinstance(r, Record)], rejects


def test_a_minimal_file(tmp_path: Path) -> None:
    records, rejects = read(tmp_path, "sku,name,price\nX1,Tea,12.5\n")
    body = {"sku": "X1", "name": "Tea", "kind": "good", "price": {"amount": 1250, "currency": "CNY"}}
    assert (records, rejects) == ([Record((2,), body)], [])


def test_every_column(tmp_path: Path) -> None:
    header = (
        "sku,name_zh,name_en,kind,price,currency,tax_percent,gtin,unit,scale,weight_g,length_mm,width_mm,height_mm,"
        "shelf_life_days,variant_of,option_size,components,attribute_vendor,enabled"
    )
    row = "C-M,布料,Cloth,GOOD,12.50,usd,13%,6901234567892,metre,,250,1,2,3,30,C,M,,Mill,no"
    (record,), rejects = read(tmp_path, f"{header}\n{row}\n")
    assert rejects == []
    assert record.body == {
        "sku": "C-M",
        "name": {"zh": "布料", "en": "Cloth"},
        "kind": "good",
        "price": {"amount": 1250, "currency": "USD"},
        "tax_rate_ppm": 130_000,
        "gtin": "6901234567892",
        "unit": "metre",
        "weight_g": 250,
        "size_mm": [1, 2, 3],
        "shelf_life_days": 30,
        "variant_of": "C",
        "options": {"size": "M"},
        "attributes": {"vendor": "Mill"},
        "enabled": False,
    }


def test_chinese_headers(tmp_path: Path) -> None:
    (record,), rejects = read(tmp_path, "商品编码,商品名称,售价,条码\nX1,绿茶,12.5,6901234567892\n")
    assert rejects == []
    assert (record.body["sku"], record.body["name"]) == ("X1", "绿茶")


def test_kits_come_after_what_they_contain(tmp_path: Path) -> None:
    records, rejects = read(tmp_path, 'sku,name,price,components\nK,Kit,9,"A*2; B"\nA,A,1,\nB,B,2,\n')
    assert rejects == []
    assert [(r.rows, r.body["sku"]) for r in records] == [((3,), "A"), ((4,), "B"), ((2,), "K")]
    assert records[-1].body["components"] == [{"sku": "A", "quantity": 2}, {"sku": "B", "quantity": 1}]


def test_rejects_name_row_column_rule_and_the_value_as_it_stood(tmp_path: Path) -> None:
    content = """sku,name,price,gtin,kind,tax_percent,components,option_size,colour,length_mm
A,A,12.555,,,,,,,
B,B,-1,,,,,,,
C,C,1,6901234567890,,,,,,
D,D,1,,goods,,,,,
E,E,1,,,300,,,,
F,F,1,,,,F*1,,,
G,G,1,,,,X*1.5,,,
H,H,1,,,,,,,5
,I,1,,,,,,,
good,J,1,,,,,,,
good,K,1,,,,,,,
L,,1,,,,,,,
M,M,99999999999999,,,,,,,
N,N,1,,,,X*0,,,
O,O,1,,,,,,,,and more
"""
    records, rejects = read(tmp_path, content)
    assert [r.body["sku"] for r in records] == ["good"]
    assert rejects == [
        (1, "colour", "unknown_column", "colour"),
        (2, "price", "not_an_amount", "12.555"),
        (3, "price", "too_small", "-1"),
        (4, "gtin", "broken_gtin", "6901234567890"),
        (5, "kind", "unknown_choice", "goods"),
        (6, "tax_percent", "not_a_tax", "300"),
        (7, "components", "kit_cycle", "F*1"),
        (8, "components", "not_components", "X*1.5"),
        (9, "width_mm", "required", ""),
        (10, "sku", "required", ""),
        (12, "sku", "doubled", "good"),
        (13, "name", "required", ""),
        (14, "price", "too_large", "99999999999999"),
        (15, "components", "too_small", "X*0"),
        (16, "", "stray_cell", "and more"),
    ]


def test_a_file_without_prices_is_refused_whole(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="column price is missing"):
        read(tmp_path, "sku,name\nX1,Tea\n")


def test_parquet_gives_the_same_bodies(tmp_path: Path) -> None:
    path = tmp_path / "offers.parquet"
    frame = pl.DataFrame({"sku": ["X1"], "name": ["Tea"], "price": ["12.5"], "weight_g": [250.0], "enabled": [True]})
    frame.write_parquet(path)
    (record,) = read_offers(path)
    assert isinstance(record, Record)
    assert record.body["weight_g"] == 250
    assert record.body["enabled"] is True


def test_reading_writes_nothing(tmp_path: Path) -> None:
    read(tmp_path, "sku,name,price\nX1,Tea,bad\n")
    assert [p.name for p in tmp_path.iterdir()] == ["offers.csv"]
