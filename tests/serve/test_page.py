"""The storefront as a shopper meets it: a real server, a real catalogue, a real headless browser."""

import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect, sync_playwright

pytestmark = pytest.mark.browser
REPO = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
QUIET = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
QUIET += " --disable-component-update --disable-sync"
LANGS = "zh-Hans zh-Hant ja ko ar hi ru de es fr pt it en th vi id tr pl".split()
HOSTILE = '<img src=x onerror="window.hacked=1"><script>window.hacked=2</script> vase \u202egnp.exe'
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DESK = {"viewport": {"width": 1280, "height": 900}}
MADE = [
    {
        "id": "made/hostile",
        "lang": "en",
        "title": HOSTILE,
        "brand": "<b>Bad</b>",
        "url": "javascript:window.hacked=3",
        "facts": {"<i>Color</i>": "<u>red</u>"},
        "passages": [{"kind": "review", "text": "<img src=x onerror=window.hacked=4>", "lang": "en"}],
    },
    {"id": "made-he", "lang": "he", "title": {"he": "אגרטל קרמיקה בעבודת יד"}, "brand": "אדמה"},
]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a running `dragoman serve` with the demo sellers and two products made to annoy."""
    folder = tmp_path_factory.mktemp("shop")
    made = folder / "made.jsonl"
    made.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in MADE), encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    run = [sys.executable, "-c", "from dragoman.serve.cli import main; main()"]
    run += ["--shop", str(folder / "index"), "--encoder", "hash", "--index", "edge"]
    feeds = [str(REPO / "data/sample/sellers.jsonl"), str(made)]
    subprocess.run([*run, "ingest", *feeds], check=True, capture_output=True, cwd=folder, timeout=120)
    server = subprocess.Popen([*run, "serve", "--port", str(port)], cwd=folder, stderr=subprocess.DEVNULL)
    try:
        _wait_for(f"http://127.0.0.1:{port}/health/ready")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait_for(address: str) -> None:
    for _ in range(300):
        try:
            httpx.get(address, timeout=5).raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"{address} never answered")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM:
        pytest.skip("no chromium: `make browser` installs it")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET.split())
        yield running
        running.close()


class Shopper:
    """One shopper's window; every complaint of the browser is kept."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        context.set_default_timeout(10_000)
        self.page: Page = context.new_page()
        self.address = address
        self.complaints: list[str] = []
        self.page.on("console", lambda said: self.complaints.append(said.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def visit(self, path: str) -> Page:
        self.page.goto(self.address + path)
        self.page.wait_for_selector(".card:not(.ghost), .empty, .trouble, #product h1")
        return self.page


@pytest.fixture
def shopper(request: pytest.FixtureRequest, browser: Browser, shop: str) -> Iterator[Shopper]:
    """A window (``indirect`` parameter: options of the browser's context) that must not complain."""
    options: dict[str, Any] = {
        **DESK,
        "locale": "en-US",
        **getattr(request, "param", {}),
    }  # Any: playwright's
    context = browser.new_context(**options)
    someone = Shopper(context, shop)
    yield someone
    context.close()
    assert someone.complaints == []


def titles(page: Page) -> list[str]:
    return page.locator(".card h2").all_inner_texts()


def test_hits_appear_while_typing(shopper: Shopper) -> None:
    page = shopper.visit("/")

    page.locator("#q").press_sequentially("teapot", delay=20)

    expect(page.locator("#title")).to_contain_text("teapot")
    expect(page.locator(".card h2").first).to_contain_text("Teapot")
    expect(page.locator(".card h2 mark").first).to_have_text("Teapot")
    assert "q=teapot" in page.url


def test_typing_is_one_step_of_the_history(shopper: Shopper) -> None:
    page = shopper.visit("/")
    page.locator("#q").press_sequentially("tea", delay=250)
    expect(page.locator("#title")).to_contain_text("tea")

    page.go_back()

    expect(page.locator("#hero")).to_be_visible()
    expect(page.locator("#q")).to_have_value("")


def test_letters_of_an_input_method_are_not_searched(shopper: Shopper) -> None:
    page = shopper.visit("/")
    asked: list[str] = []
    page.on("request", lambda sent: asked.append(sent.post_data or "") if "/v1/search" in sent.url else None)
    keys = page.context.new_cdp_session(page)
    page.locator("#q").focus()

    keys.send("Input.imeSetComposition", {"text": "chahu", "selectionStart": 5, "selectionEnd": 5})
    page.wait_for_timeout(400)
    keys.send("Input.insertText", {"text": "茶壶"})

    expect(page.locator("#title")).to_contain_text("茶壶")
    assert [json.loads(body)["query"] for body in asked] == ["茶壶"]


def test_an_overtaken_answer_never_shows(shopper: Shopper) -> None:
    page = shopper.visit("/")

    def slow_first(route: Route) -> None:
        if json.loads(route.request.post_data or "{}")["query"] == "tea":
            time.sleep(0.8)
        route.continue_()

    page.route("**/v1/search", slow_first)
    page.locator("#q").fill("tea")
    page.wait_for_timeout(250)
    page.locator("#q").fill("vase")

    expect(page.locator("#title")).to_contain_text("vase")
    page.wait_for_timeout(900)
    expect(page.locator("#title")).to_contain_text("vase")
    expect(page.locator("#hits")).not_to_have_attribute("aria-busy", "true")
    assert any("vase" in title for title in titles(page))


def test_every_language_words_the_whole_page(shopper: Shopper) -> None:
    page = shopper.visit("/")
    words = httpx.get(f"{shopper.address}/web/messages.json").json()

    for lang in LANGS:
        page.locator("#lang").select_option(lang)

        expect(page.locator("html")).to_have_attribute("lang", lang)
        expect(page.locator("html")).to_have_attribute("dir", "rtl" if lang == "ar" else "ltr")
        expect(page.locator("#hero h1")).to_have_text(words["hero_title"][lang])
        expect(page.locator(".facet summary").first).to_have_text(words["category"][lang])
        expect(page.locator(".why summary > span").first).to_have_text(words["why"][lang])
        assert f"lang={lang}" in page.url


def test_arabic_turns_the_page_around_and_is_remembered(shopper: Shopper) -> None:
    page = shopper.visit("/?q=teapot")
    page.locator("#lang").select_option("ar")
    expect(page.locator("#filters-title")).to_have_text("التصفية")

    page = shopper.visit("/")

    brand, search = page.locator("#home").bounding_box(), page.locator("#q").bounding_box()
    assert brand is not None
    assert search is not None
    assert brand["x"] > search["x"]
    expect(page.locator("html")).to_have_attribute("dir", "rtl")


@pytest.mark.parametrize("shopper", [{"locale": "zh-TW"}], indirect=True)
def test_the_browsers_language_is_the_first_guess(shopper: Shopper) -> None:
    expect(shopper.visit("/").locator("html")).to_have_attribute("lang", "zh-Hant")


def test_titles_carry_their_own_language_and_direction(shopper: Shopper) -> None:
    page = shopper.visit("/?q=אגרטל")
    title = page.locator(".card", has_text="אגרטל").first

    expect(title.locator("h2")).to_have_attribute("lang", "he")
    expect(title.locator("h2")).to_have_attribute("dir", "rtl")
    expect(title.locator(".badge")).to_contain_text("Hebrew")


def test_a_filter_narrows_the_list_and_survives_a_reload(shopper: Shopper) -> None:
    page = shopper.visit("/")
    everything = page.locator("#count span").first.inner_text()
    page.locator(".facet input[type=checkbox]").first.check()
    expect(page.locator(".chip")).to_have_count(1)
    expect(page.locator("#count span").first).not_to_have_text(everything)
    narrowed = titles(page)

    page.reload()
    page.wait_for_selector(".chip")

    expect(page.locator(".facet input[type=checkbox]").first).to_be_checked()
    expect(page.locator(".card h2")).to_have_text(narrowed)
    page.locator(".chip").click()
    expect(page.locator("#count span").first).to_have_text(everything)


def test_prices_are_sorted_and_bounded(shopper: Shopper) -> None:
    page = shopper.visit("/?market=DE")
    page.locator('[data-key="price=high"]').fill("20")
    page.locator("#sort").select_option("price_up")

    expect(page.locator(".chip")).to_contain_text("20")
    expect(page.locator("#hits")).not_to_have_attribute("aria-busy", "true")
    shown = [text.replace("€", "") for text in page.locator(".card .price strong").all_inner_texts()]
    prices = [float(text) for text in shown]
    assert prices == sorted(prices)
    assert prices
    assert max(prices) <= 20


def test_more_hits_come_below_and_take_the_focus(shopper: Shopper) -> None:
    page = shopper.visit("/")
    before = titles(page)

    page.locator("#more").click()

    expect(page.locator(".card h2").nth(len(before))).to_be_visible()
    assert titles(page)[: len(before)] == before
    expect(page.locator(".card h2 a").nth(len(before))).to_be_focused()
    expect(page.locator("#status")).to_contain_text(str(len(titles(page))))


def test_back_returns_to_the_same_hit(shopper: Shopper) -> None:
    page = shopper.visit("/?lang=de")
    hit = page.locator(".card h2 a").nth(13)
    hit.scroll_into_view_if_needed()
    place = page.evaluate("scrollY")
    hit.click()
    expect(page.locator("#product h1")).to_be_focused()
    assert page.evaluate("scrollY") == 0

    page.go_back()

    expect(hit).to_be_focused()
    assert abs(page.evaluate("scrollY") - place) < 2


def test_the_keyboard_alone_is_enough(shopper: Shopper) -> None:
    page = shopper.visit("/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("teapot")
    page.keyboard.press("Enter")
    expect(page.locator(".card h2 a").first).to_contain_text("Teapot")
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.card h2 a')"):
            break

    page.keyboard.press("Enter")

    expect(page.locator("#product h1")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".card h2 a").first).to_be_focused()


def test_hostile_text_stays_text(shopper: Shopper) -> None:
    page = shopper.visit("/?q=vase")
    card = page.locator(".card", has_text="onerror")
    expect(card.locator("h2")).to_contain_text("<img src=x onerror")

    card.locator("h2 a").click()

    expect(page.locator("#product h1")).to_contain_text("<script>window.hacked=2</script>")
    expect(page.locator("#product .reviews")).to_contain_text("<img src=x")
    assert page.locator("#product a[href^='javascript']").count() == 0
    assert page.evaluate("window.hacked") is None


def test_a_missing_product_says_so_and_leads_back(shopper: Shopper) -> None:
    page = shopper.visit("/?product=nothing-here&lang=fr")

    expect(page.locator(".trouble")).to_contain_text("n’est pas dans la boutique")
    expect(page.locator("#product .back")).to_have_attribute("href", "/?lang=fr")
    shopper.complaints.clear()  # the browser itself reports the 404


def test_a_lost_connection_can_be_tried_again(shopper: Shopper) -> None:
    page = shopper.visit("/?lang=es")
    page.route("**/v1/search", lambda route: route.abort())
    page.locator("#q").fill("teapot")
    expect(page.locator(".trouble")).to_contain_text("No se puede acceder")
    page.unroute("**/v1/search")

    page.locator(".trouble button").click()

    expect(page.locator(".trouble")).to_have_count(0)
    expect(page.locator(".card h2").first).to_be_visible()
    shopper.complaints.clear()  # the browser itself reports the failed request


@pytest.mark.parametrize("shopper", [PHONE], indirect=True)
@pytest.mark.parametrize("path", ["/?lang=zh-Hans", "/?lang=ar&q=teapot", "/?lang=de&product=made/hostile"])
def test_nothing_scrolls_sideways_on_a_phone(shopper: Shopper, path: str) -> None:
    page = shopper.visit(path)

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("shopper", [PHONE], indirect=True)
def test_on_a_phone_the_filters_are_a_sheet(shopper: Shopper) -> None:
    page = shopper.visit("/?lang=ja")
    expect(page.locator("#panel")).not_to_be_visible()
    page.locator("#open-filters").tap()
    page.locator("#sheet .facet label").first.tap()
    expect(page.locator("#filter-count")).to_have_text("1")

    page.keyboard.press("Escape")

    expect(page.locator("#sheet")).not_to_be_visible()
    expect(page.locator("#open-filters")).to_be_focused()


@pytest.mark.parametrize("shopper", [PHONE], indirect=True)
def test_touch_targets_are_44_pixels(shopper: Shopper) -> None:
    page = shopper.visit("/?q=teapot")
    page.locator("#open-filters").tap()

    small = page.evaluate(
        """() => [...document.querySelectorAll("button, select, summary, #facets label, #home, .door, input[type=search]")]
            .filter((each) => each.checkVisibility() && each.getBoundingClientRect().height < 44)
            .map((each) => each.outerHTML.slice(0, 120))"""
    )

    assert small == []


def test_nothing_jumps_while_the_page_fills(shopper: Shopper) -> None:
    page = shopper.page
    page.add_init_script(
        """window.jumps = 0; new PerformanceObserver((list) => { for (const each of list.getEntries())
            if (!each.hadRecentInput) window.jumps += each.value; }).observe({ type: "layout-shift", buffered: true });"""
    )
    shopper.visit("/?q=teapot")
    page.wait_for_timeout(300)

    assert page.evaluate("window.jumps") < 0.1


@pytest.mark.parametrize("shopper", [PHONE, {"color_scheme": "dark"}], indirect=True, ids=["phone", "dark"])
@pytest.mark.parametrize("path", ["/?q=vase", "/?q=teapot&lang=ar", "/?product=demo-zh-01&lang=hi"])
def test_axe_finds_no_barrier(shopper: Shopper, path: str) -> None:
    page = shopper.visit(path)
    page.wait_for_timeout(250)  # colours in transition have no contrast to measure

    found = Axe().run(page)

    assert [(each["id"], each["nodes"][0]["html"]) for each in found.response["violations"]] == []
