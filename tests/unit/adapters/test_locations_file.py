"""Files of locations as brands have them: encodings, Chinese headings, and rows that are wrong."""

from contextlib import suppress

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from manystores.adapters.files import Record, Reject, rejects_of
from manystores.adapters.locations_file import COLUMNS, read_locations
from manystores.core.errors import Problem
from manystores.network.body import location_of

CSV = """code,name,kind,lat,lon,datum,capabilities,orders_per_hour,cut_off_ship,groups,radius_km,enabled
S1,人民广场店,门店,31.2304,121.4737,GCJ-02,ship|pick_up,20,9:30,北方;旗舰,5,是
W1,Main,warehouse,31.1,121.3,,,unlimited,,,,
"""


def written(tmp_path, text, encoding="utf-8", name="locations.csv"):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
def test_rows_become_bodies_whatever_the_encoding(tmp_path, encoding):
    first, second = read_locations(written(tmp_path, CSV, encoding))
    assert first == Record(
        (2,),
        {
            "code": "S1",
            "name": "人民广场店",
            "kind": "store",
            "lat": 31.2304,
            "lon": 121.4737,
            "datum": "gcj02",
            "capabilities": ["ship", "pick_up"],
            "orders_per_hour": 20,
            "cut_offs": {"ship": "09:30"},
            "groups": ["北方", "旗舰"],
            "areas": [{"kind": "radius", "km": 5.0}],
            "enabled": True,
        },
    )
    assert second.body["orders_per_hour"] is None
    assert location_of(first.body, 1).cut_offs == {"ship": "09:30"}
    assert location_of(second.body, 1).kind == "warehouse"


def test_chinese_headings_are_understood(tmp_path):
    text = """门店编码,名称,类型,库存归属,纬度,经度,坐标系,营业时间,每小时单量,配送区域
A1,一店,仓库,franchisee,31.2,121.4,bd09,Mo-Su 10:00-22:00,8,310101、310104
"""
    (record,) = read_locations(written(tmp_path, text, "gbk"))
    location = location_of(record.body, 1, owners={"franchisee": 9})
    assert (location.stock_owner, location.stock_owner_no) == ("franchisee", 9)
    assert (location.code, location.kind, location.orders_per_hour) == ("A1", "warehouse", 8)
    assert location.areas[0].codes == ("310101", "310104")


def test_a_column_that_nobody_reads_is_reported_and_its_rows_are_taken(tmp_path):
    reject, record = read_locations(written(tmp_path, "code,opening_houres\nS1,24/7\n"))
    assert (reject.row, reject.field, reject.rule) == (1, "opening_houres", "unknown_column")
    assert "opening_hours" in reject.en
    assert record.body == {"code": "S1"}


def test_a_wrong_row_is_rejected_with_every_cell_and_the_others_are_not(tmp_path):
    text = "code,lat,orders_per_hour,enabled,capabilities\nS1,north,many,perhaps,[1\nS2,31.2,5.0,0,\n"
    *rejects, good = read_locations(written(tmp_path, text))
    assert [(r.row, r.field, r.rule, r.value) for r in rejects] == [
        (2, "lat", "not_a_number", "north"),
        (2, "orders_per_hour", "not_an_integer", "many"),
        (2, "enabled", "not_a_boolean", "perhaps"),
        (2, "capabilities", "not_a_list", "[1"),
    ]
    assert all(r.en and r.zh for r in rejects)
    assert good.body == {"code": "S2", "lat": 31.2, "orders_per_hour": 5, "enabled": False}


def test_an_unquoted_comma_is_a_reject_not_a_shifted_row(tmp_path):
    (reject,) = read_locations(written(tmp_path, "code,name\nS1,南京东路,1 号\n"))
    assert (reject.row, reject.rule, reject.value) == (2, "stray_cell", "1 号")


def test_what_the_body_breaks_is_told_with_its_row(tmp_path):
    (record,) = read_locations(written(tmp_path, "code,name,kind,lat,lon\n\nS1,x,store,121.4,31.2\n"))
    with pytest.raises(Problem) as caught:
        location_of(record.body, 1)
    (reject,) = rejects_of(record, caught.value)
    assert (reject.row, reject.field, reject.rule, reject.value) == (3, "/lat", "swapped", "121.4")


def test_a_file_without_codes_is_refused(tmp_path):
    with pytest.raises(Problem) as caught:
        list(read_locations(written(tmp_path, "name,lat\nx,1\n")))
    assert caught.value.rule.code == "unreadable_file"


def test_parquet_with_its_own_types(tmp_path):
    path = tmp_path / "locations.parquet"
    pl.DataFrame(
        {
            "code": ["S1", "S2"],
            "lat": [31.2, None],
            "orders_per_hour": [20.0, None],
            "groups": [["a", "b"], []],
            "enabled": [True, False],
        }
    ).write_parquet(path)
    first, second = read_locations(path)
    assert first.body == {"code": "S1", "lat": 31.2, "orders_per_hour": 20, "groups": ["a", "b"], "enabled": True}
    assert second.body == {"code": "S2", "groups": [], "enabled": False}


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(COLUMNS)), st.text("0-9.:|;[]\"'是 aé\t", max_size=12), min_size=1))
def test_no_cell_whatever_breaks_the_reading(tmp_path_factory, cells):
    columns = {"code": "S1"} | cells
    quoted = ['"' + cell.replace('"', '""') + '"' for cell in columns.values()]
    path = tmp_path_factory.mktemp("cells") / "locations.csv"
    path.write_text(",".join(columns) + "\n" + ",".join(quoted) + "\n", encoding="utf-8")
    for found in read_locations(path):
        assert isinstance(found, Record | Reject)
        if isinstance(found, Record):
            with suppress(Problem):
                location_of(found.body, 1)
