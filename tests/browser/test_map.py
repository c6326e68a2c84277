"""The map of the network and a location's page: what is drawn, filtered, opened, and that its figures are the API's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playwright.sync_api import Page, expect
from tests.browser.conftest import axe, shot
from tests.browser.town import PLACES
from tests.journeys.shop import Json, eventually, ok

if TYPE_CHECKING:
    from tests.browser.conftest import SignedIn
    from tests.browser.town import Town

SLOW_MS = 45_000  # WebGL in software, beside other tests
MAP = ".ms-map-canvas"
DRAWN = f"{MAP}[data-drawn]"
RENDERED = """
(canvas, layer) => canvas.map.queryRenderedFeatures(undefined, { layers: [layer] }).map((one) => one.properties)
"""
COLOURS = """
({ map }) => new Promise((done) => {
  const gl = map.getCanvas().getContext("webgl2");
  map.once("render", () => {
    const pixels = new Uint8Array(4 * gl.drawingBufferWidth * gl.drawingBufferHeight);
    gl.readPixels(0, 0, gl.drawingBufferWidth, gl.drawingBufferHeight, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
    done(new Set(new Uint32Array(pixels.buffer)).size);
  });
  map.triggerRepaint();
})
"""
WATCHED_AND_SLOWED = """
({ map }) => {
  map.seen = [];
  for (const what of ["movestart", "moveend"]) map.on(what, () => map.seen.push(what));
  map.on("render", () => { const until = performance.now() + 40; while (performance.now() < until); });
}
"""
PLACED = "(canvas, [lon, lat]) => { const { x, y } = canvas.map.project([lon, lat]); return [x, y]; }"


def opened(page: Page, path: str) -> Page:
    """The map at an address, once it is drawn."""
    page.goto(path)
    page.wait_for_selector(DRAWN, timeout=SLOW_MS)
    return page


def rendered(page: Page, layer: str = "network") -> list[Json]:
    """What the map draws of a layer, as its own renderer tells it."""
    found: list[Json] = page.eval_on_selector(MAP, RENDERED, layer)
    return found


def shown(page: Page) -> int:
    """How many locations stand in what is drawn."""
    return sum(one["count"] for one in rendered(page))


def colours(page: Page) -> int:
    """How many colours there are on the picture of the map."""
    found: int = page.eval_on_selector(MAP, COLOURS)
    return found


def load(town: Town) -> dict[str, dict[str, Any]]:
    columns = ok(town.shop.client.get("/v1/network/load"))["columns"]
    return {code: {name: column[i] for name, column in columns.items()} for i, code in enumerate(columns["code"])}


def test_the_network_is_drawn_over_shaded_regions(signed_in: SignedIn, town: Town) -> None:
    """All locations are in the clusters, provinces with stock are shaded, and it is a picture and not one colour."""
    page = opened(signed_in("brand_operations"), "/map?measure=stock")
    assert shown(page) == len(PLACES)
    provinces = {one["code"] for one in rendered(page, "province")}
    assert {"110000", "310000", "710000", "460000"} <= provinces
    assert len(provinces) > 30
    assert colours(page) > 50
    expect(page.get_by_text(f"{len(PLACES)} locations in view")).to_be_visible()
    axe(page)
    shot(page, "map", ready=f"{DRAWN}[data-idle]")


def test_a_filter_narrows_the_map_and_the_list_and_lives_in_the_address(signed_in: SignedIn) -> None:
    page = opened(signed_in("brand_operations", language="zh"), "/map?kind=warehouse")
    expect(page.get_by_text("视野内 2 个门店/仓")).to_be_visible(timeout=SLOW_MS)
    assert shown(page) == 2
    rows = page.get_by_role("region", name="视野内的门店与仓").locator("tbody tr.ms-opens")
    expect(rows).to_have_count(2)
    page = opened(page, "/map?region=310000")
    expect(page.get_by_text("视野内 2 个门店/仓")).to_be_visible(timeout=SLOW_MS)
    axe(page)


def test_figures_are_the_apis_and_follow_the_orders(signed_in: SignedIn, town: Town) -> None:
    """An order for a store raises its work in the list beside the map, without a reload."""
    page = opened(signed_in("brand_operations"), "/map")
    before = load(town).get("BJ-XD", {}).get("open", 0)
    town.shop.place(("SCARF-GREY", 1), pick_up_at="BJ-XD")
    eventually(lambda: load(town)["BJ-XD"]["open"] == before + 1)
    row = page.locator("tr.ms-opens", has_text="北京西单店")
    expect(row.get_by_role("link", name=str(before + 1), exact=True)).to_be_visible(timeout=SLOW_MS)


def test_a_click_on_a_point_opens_the_location(signed_in: SignedIn) -> None:
    """Near by each store is a point: a click pins its card, whose link opens its page."""
    place = next(one for one in PLACES if one.code == "SH-XTD")
    page = opened(signed_in("brand_operations"), f"/map?v={place.lon},{place.lat},14")
    assert {one["code"] for one in rendered(page)} == {"SH-XTD", "SH-NJX"}
    x, y = page.eval_on_selector(MAP, PLACED, [place.lon, place.lat])
    page.locator(MAP).click(position={"x": x, "y": y})
    card = page.get_by_role("region", name=place.name)
    expect(card).to_be_visible(timeout=SLOW_MS)
    assert "at=SH-XTD" in page.url
    card.get_by_role("link", name="Open this location").click()
    page.wait_for_url("**/locations/SH-XTD")
    expect(page.get_by_role("heading", level=1)).to_contain_text(place.name)


def test_a_move_that_is_slow_is_drawn_coarser_and_rests_sharp(signed_in: SignedIn) -> None:
    """The drag goes on over the change, and nothing of it is told as another move."""
    page = opened(signed_in("brand_operations"), "/map")
    page.eval_on_selector(MAP, WATCHED_AND_SLOWED)
    box = page.locator(f"{MAP} canvas").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    lon = page.eval_on_selector(MAP, "({ map }) => map.getCenter().lng")
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(40):
        page.mouse.move(x - 5 * step, y)
        page.wait_for_timeout(30)
    coarse = page.eval_on_selector(MAP, "({ map }) => [map.seen, map.getCanvas().width]")
    page.mouse.up()
    assert coarse[0] == ["movestart"], "the drag was broken off"
    assert coarse[1] < 0.6 * box["width"]
    page.wait_for_function(
        "(width) => document.querySelector('.ms-map-canvas canvas').width === width", arg=int(box["width"])
    )
    assert page.eval_on_selector(MAP, "({ map }) => map.seen") == ["movestart", "moveend"]
    assert page.eval_on_selector(MAP, "({ map }) => map.getCenter().lng") > lon


def test_the_keyboard_alone_leads_to_a_location(signed_in: SignedIn) -> None:
    """The table beside the map has the same locations: focus a row and press Enter."""
    page = opened(signed_in("brand_operations"), "/map?kind=warehouse")
    row = page.locator("tr.ms-opens").first
    row.focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("tr.ms-opens").nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/locations/*-DC")


def test_a_search_finds_a_location_and_goes_there(signed_in: SignedIn) -> None:
    page = opened(signed_in("brand_operations"), "/map")
    page.get_by_label("Find a location").fill("三里屯")
    expect(page.locator(".ant-select-item-option-active", has_text="BJ-SLT")).to_be_visible(timeout=SLOW_MS)
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="北京三里屯店")).to_be_visible(timeout=SLOW_MS)
    page.wait_for_function("() => /at=BJ-SLT/.test(location.search)")


def test_a_locations_page_tells_what_it_does_and_refuses(signed_in: SignedIn, town: Town) -> None:
    order = town.shop.place(("BOOTS-41", 1), pick_up_at="BJ-ZGC")
    work = order["fulfilment_orders"][0]["id"]
    ok(town.shop.client.post(f"/v1/fulfilment-orders/{work}/reject", json={"reason": "damaged"}))
    page = signed_in("brand_operations")
    page.goto("/locations/BJ-ZGC")
    expect(page.get_by_role("heading", level=1)).to_contain_text("北京中关村店", timeout=SLOW_MS)
    refused = page.get_by_role("region", name="What it refused in the last 24 hours")
    expect(refused.get_by_role("link", name=order["channel_order_id"])).to_be_visible(timeout=SLOW_MS)
    expect(refused.get_by_role("cell", name="Damaged")).to_be_visible()
    stock = ok(town.shop.client.get("/v1/locations/BJ-ZGC/now"))["stock"]
    facts = page.get_by_role("region", name="What stands here")
    expect(facts.get_by_role("link", name=str(stock["units"]), exact=True).first).to_be_visible(timeout=SLOW_MS)
    page.wait_for_selector(".ms-map[data-ready]", timeout=SLOW_MS)
    page.wait_for_function(f"() => ({RENDERED})(document.querySelector('{MAP}'), 'marks').length", timeout=SLOW_MS)
    assert [one["id"] for one in rendered(page, "marks")] == ["BJ-ZGC"]
    axe(page)
    shot(page, "location", ready=f"{MAP}[data-idle]")


def test_an_unknown_location_is_said_to_be_so(signed_in: SignedIn) -> None:
    page = signed_in("brand_operations")
    page.goto("/locations/NOWHERE")
    expect(page.get_by_text("There is no location NOWHERE.")).to_be_visible(timeout=SLOW_MS)


def test_locations_are_listed_and_searched(signed_in: SignedIn) -> None:
    page = signed_in("brand_operations", phone=True, language="zh")
    page.goto("/locations?text=北京")
    expect(page.locator("tr.ms-opens")).to_have_count(4, timeout=SLOW_MS)
    axe(page)
    shot(page, "locations")


def test_an_orders_map_shows_who_serves_it_and_who_refused(signed_in: SignedIn, town: Town) -> None:
    """Given an order that a store refused and another took over: its page draws both, and a way from each."""
    order = town.shop.place(("JEANS-32", 1))
    first = order["fulfilment_orders"][0]
    ok(town.shop.client.post(f"/v1/fulfilment-orders/{first['id']}/reject", json={"reason": "too_busy"}))
    second = town.shop.get(order)["fulfilment_orders"][-1]
    assert second["location"] != first["location"]
    page = signed_in("brand_operations")
    page.goto(f"/orders/{order['id']}")
    page.locator(MAP).scroll_into_view_if_needed(timeout=SLOW_MS)
    page.wait_for_selector(".ms-map[data-ready]", timeout=SLOW_MS)
    wanted = f"[...({RENDERED})(document.querySelector('{MAP}'), 'marks')].map((one) => one.id)"
    page.wait_for_function(
        f"(codes) => {{ const ids = {wanted}; return codes.every((code) => ids.includes(code)); }}",
        arg=[first["location"], second["location"]],
        timeout=SLOW_MS,
    )
    fills = {one["id"]: one["fill"] for one in rendered(page, "marks")}
    assert fills[first["location"]] != fills[second["location"]]
    assert len(rendered(page, "lines_dashed")) > 0
    assert len(rendered(page, "lines")) > 0


def number(text: str) -> int:
    return int("".join(char for char in text if char.isdigit()))


def total(page: Page) -> int:
    """What the list that was opened says that it has."""
    told = page.get_by_test_id("count").or_(page.get_by_test_id("sums")).first
    expect(told).to_be_visible(timeout=SLOW_MS)
    return number(told.inner_text().replace("\n", " ").split(" ")[0])


def figures(page: Page, within: str) -> dict[str, list[tuple[str, str]]]:
    """The figures of a card: what each says, and the address that it opens."""
    return {
        name: [(text, href) for text, href in links]
        for name, links in page.eval_on_selector_all(
            f"{within} .ms-net-figures > div",
            "(rows) => rows.map((row) => [row.querySelector('dt').innerText,"
            " [...row.querySelectorAll('a')].map((a) => [a.innerText, a.getAttribute('href')])])",
        )
    }


def opens_what_it_counts(page: Page, links: dict[str, list[tuple[str, str]]]) -> None:
    """Each figure's list has as many rows, units or records as the figure says."""
    for name, found in links.items():
        for at, (text, href) in enumerate(found):
            page.goto(href)
            if name == "This hour":
                assert "/locations" in href
                expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=SLOW_MS)
                continue
            count = total(page)
            if name == "Units available":
                sums = page.get_by_test_id("sums").inner_text().replace("\n", " ")
                assert number(sums.split("Available")[1].split("On hand")[0]) == number(text), (name, href)
                continue
            assert count == number(text), (name, at, href)
            if "/work" in href and 0 < count <= 50:
                expect(page.locator("tbody tr.ant-table-row")).to_have_count(count, timeout=SLOW_MS)


def test_each_figure_opens_exactly_what_it_counts(signed_in: SignedIn, town: Town) -> None:
    """Of what is in view, of a region, of a cluster and of a location: the list behind each figure has as many rows,
    and those of an area are the sums of its locations."""
    for sku in ("SHIRT-WHITE-L", "JEANS-32"):
        town.shop.place((sku, 1), pick_up_at="BJ-XD")
        town.shop.place((sku, 1), pick_up_at="SH-NJX")
    refused = town.shop.place(("BOOTS-41", 1), pick_up_at="BJ-SLT")
    work = refused["fulfilment_orders"][0]["id"]
    ok(town.shop.client.post(f"/v1/fulfilment-orders/{work}/reject", json={"reason": "damaged"}))
    town.shop.count("BJ-XD", "SCARF-GREY", 1)
    eventually(lambda: load(town)["BJ-SLT"]["rejected"] >= 1)
    page = opened(signed_in("brand_operations"), "/map")
    everywhere = figures(page, ".ms-net-list")
    assert number(everywhere["In flight"][0][0]) >= 4
    opens_what_it_counts(page, everywhere)

    page = opened(page, "/map?region=110000")
    card = ".ms-net-chosen"
    expect(page.locator(card)).to_contain_text("4 locations", timeout=SLOW_MS)
    page.wait_for_function(f"() => /[1-9]/.test(document.querySelector('{card} dd').innerText)", timeout=SLOW_MS)
    beijing = figures(page, card)
    told = [one for code, one in load(town).items() if code.startswith("BJ-")]
    assert number(beijing["In flight"][0][0]) == sum(one["open"] + one["in_progress"] + one["on_hold"] for one in told)
    assert number(beijing["Refusals in 24 h"][0][0]) == sum(one["rejected"] for one in told) >= 1
    opens_what_it_counts(page, beijing)

    page = opened(page, "/map?at=BJ-XD")
    page.wait_for_function(f"() => /[1-9]/.test(document.querySelector('{card} dd').innerText)", timeout=SLOW_MS)
    opens_what_it_counts(page, figures(page, card))


def test_a_clusters_card_opens_lists_of_its_locations(signed_in: SignedIn, town: Town) -> None:
    """A click on a cluster goes nearer and keeps its card: its lists are of the locations that were in it."""
    page = opened(signed_in("brand_operations"), "/map?v=118,36,4")
    clusters = sorted(rendered(page), key=lambda one: -one["count"])
    biggest = clusters[0]["count"]
    assert biggest > 1
    place = page.eval_on_selector(
        MAP,
        "(canvas, most) => { const found = canvas.map.queryRenderedFeatures(undefined, { layers: ['network'] })"
        ".find((one) => one.properties.count === most);"
        " const { x, y } = canvas.map.project(found.geometry.coordinates); return [x, y]; }",
        biggest,
    )
    page.locator(MAP).click(position={"x": place[0], "y": place[1]})
    card = page.get_by_role("region", name="Figures of Cluster")
    expect(card).to_contain_text(f"{biggest} locations", timeout=SLOW_MS)
    links = figures(page, ".ms-net-chosen")
    card.get_by_role("link", name=f"{biggest} locations").click()
    expect(page.locator("tr.ms-opens")).to_have_count(biggest, timeout=SLOW_MS)
    assert total(page) == biggest
    opens_what_it_counts(page, links)
    axe(page)


def test_a_locations_page_opens_the_lists_behind_its_figures(signed_in: SignedIn, town: Town) -> None:
    town.shop.place(("SHIRT-WHITE-L", 1), pick_up_at="BJ-WFJ")
    page = signed_in("brand_operations")
    page.goto("/locations/BJ-WFJ")
    expect(page.get_by_role("region", name="What it has to do").get_by_role("link").first).to_be_visible(
        timeout=SLOW_MS
    )
    links = page.eval_on_selector_all(
        "section[aria-label='What it has to do'] a, section[aria-label='What stands here'] a:nth-child(1)",
        "(found) => found.map((a) => [a.innerText, a.getAttribute('href')])",
    )
    assert len(links) >= 6
    for text, href in links:
        if "/stock" in href and "state" not in href:
            continue  # units, which the list sums up
        page.goto(href)
        if "state=reserved" in href:
            expect(page.get_by_test_id("sums")).to_contain_text(f"Reserved {text}", timeout=SLOW_MS)
        else:
            assert total(page) == number(text), href
