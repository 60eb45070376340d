"""The storefront as a shopper meets it: a real server, a real catalogue, a real headless browser."""

import json
import time
from typing import TYPE_CHECKING
from urllib.parse import quote

import httpx
import pytest
from playwright.sync_api import Page, Route, expect

if TYPE_CHECKING:
    from conftest import Shopper

pytestmark = pytest.mark.browser
HOSTILE = '<img src=x onerror="window.hacked=1"><script>window.hacked=2</script> vase \u202egnp.exe'


def titles(page: Page) -> list[str]:
    return page.locator(".card h2").all_inner_texts()


def test_hits_appear_while_typing(shopper: "Shopper") -> None:
    page = shopper.visit("/")

    page.locator("#q").press_sequentially("teapot", delay=20)

    expect(page.locator("#title")).to_contain_text("teapot")
    expect(page.locator(".card h2").first).to_contain_text("Teapot")
    expect(page.locator(".card h2 mark").first).to_have_text("Teapot")
    assert "q=teapot" in page.url


def test_typing_is_one_step_of_the_history(shopper: "Shopper") -> None:
    page = shopper.visit("/")
    page.locator("#q").press_sequentially("tea", delay=250)
    expect(page.locator("#title")).to_contain_text("tea")

    page.go_back()

    expect(page.locator("#hero")).to_be_visible()
    expect(page.locator("#q")).to_have_value("")


def test_letters_of_an_input_method_are_not_searched(shopper: "Shopper") -> None:
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


def test_an_overtaken_answer_never_shows(shopper: "Shopper") -> None:
    page = shopper.visit("/")

    def slow_first(route: Route) -> None:
        if json.loads(route.request.post_data or "{}")["query"] == "tea":
            time.sleep(0.8)
        route.continue_()

    page.route("**/v1/search", slow_first)
    page.locator("#q").fill("tea")
    page.wait_for_timeout(250)
    page.locator("#q").fill("knife")
    page.wait_for_timeout(1200)

    expect(page.locator("#title")).to_contain_text("knife")
    expect(page.locator("#hits")).not_to_have_attribute("aria-busy", "true")
    expect(page.locator(".card h2").first).to_contain_text("Knife")


def test_every_language_words_the_whole_page(shopper: "Shopper") -> None:
    page = shopper.visit("/?q=teapot")
    words = httpx.get(f"{shopper.address}/web/messages.json").json()

    for lang in words["language"]:
        page.locator("#lang").select_option(lang)

        expect(page.locator("html")).to_have_attribute("lang", lang)
        expect(page.locator("html")).to_have_attribute("dir", "rtl" if lang == "ar" else "ltr")
        expect(page.locator("#hero h1")).to_have_text(words["hero_title"][lang])
        expect(page.locator(".facet summary").first).to_have_text(words["category"][lang])
        expect(page.locator(".why summary > span").first).to_have_text(words["why"][lang])
        assert f"lang={lang}" in page.url


def test_arabic_turns_the_page_around_and_is_remembered(shopper: "Shopper") -> None:
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
def test_the_browsers_language_is_the_first_guess(shopper: "Shopper") -> None:
    expect(shopper.visit("/").locator("html")).to_have_attribute("lang", "zh-Hant")


def test_titles_carry_their_own_language_and_direction(shopper: "Shopper") -> None:
    page = shopper.visit("/?q=אגרטל")
    title = page.locator(".card", has_text="אגרטל").first

    expect(title.locator("h2")).to_have_attribute("lang", "he")
    expect(title.locator("h2")).to_have_attribute("dir", "rtl")
    expect(title.locator(".badge")).to_contain_text("Hebrew")


def test_a_filter_narrows_the_list_and_survives_a_reload(shopper: "Shopper") -> None:
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


def test_prices_are_sorted_and_bounded(shopper: "Shopper") -> None:
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


def test_more_hits_come_below_and_take_the_focus(shopper: "Shopper") -> None:
    page = shopper.visit("/")
    before = titles(page)

    page.locator("#more").click()

    expect(page.locator(".card h2").nth(len(before))).to_be_visible()
    assert titles(page)[: len(before)] == before
    expect(page.locator(".card h2 a").nth(len(before))).to_be_focused()
    expect(page.locator("#status")).to_contain_text(str(len(titles(page))))


def test_typing_on_a_product_page_keeps_the_focus_in_the_box(shopper: "Shopper") -> None:
    page = shopper.visit("/?q=vase&product=made/he")

    page.locator("#q").press("End")
    page.keyboard.type(" teapot", delay=200)

    expect(page.locator("#title")).to_contain_text("vase teapot")
    expect(page.locator("#q")).to_be_focused()
    expect(page.locator("#product")).not_to_be_visible()


def test_the_keyboard_alone_is_enough(shopper: "Shopper") -> None:
    page = shopper.visit("/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#title")).to_be_focused()
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


def test_hostile_text_stays_text(shopper: "Shopper") -> None:
    page = shopper.page

    def poison(route: Route) -> None:
        # Ingest takes markup out; the page must not depend on it.
        body = route.fetch().json()
        for each in [*body.get("hits", []), *([] if "hits" in body else [body])]:
            each["title"] |= {"value": HOSTILE, "lang": '"><b>', "dir": "ltr"}
            each |= {"brand": HOSTILE, "seller": HOSTILE, "url": "javascript:window.hacked=3"}
            each["facts"] = [{"name": HOSTILE, "value": HOSTILE, "unit": ""}]
        for facet in body.get("facets", []):
            facet["counts"][0]["value"] = HOSTILE
        route.fulfill(json=body)

    page.route("**/v1/search", poison)
    page.route("**/v1/products/**", poison)
    shopper.visit("/?q=" + quote(HOSTILE))
    expect(page.locator(".card h2").first).to_contain_text("<img src=x onerror")

    page.locator(".card h2 a").first.click()

    expect(page.locator("#product h1")).to_contain_text("<script>window.hacked=2</script>")
    assert page.locator("main img[src='x'], main script, a[href^='javascript']").count() == 0
    assert page.evaluate("window.hacked") is None


def test_a_missing_product_says_so_and_leads_back(shopper: "Shopper") -> None:
    page = shopper.visit("/?product=nothing-here&lang=fr")

    expect(page.locator(".trouble")).to_contain_text("n’est pas dans la boutique")
    expect(page.locator("#product .back")).to_have_attribute("href", "/?lang=fr")
    shopper.complaints.clear()  # the browser itself reports the 404


def test_a_lost_connection_can_be_tried_again(shopper: "Shopper") -> None:
    page = shopper.visit("/?lang=es")
    page.route("**/v1/search", lambda route: route.abort())
    page.locator("#q").fill("teapot")
    expect(page.locator(".trouble")).to_contain_text("No se puede acceder")
    page.unroute("**/v1/search")

    page.locator(".trouble button").click()

    expect(page.locator(".trouble")).to_have_count(0)
    expect(page.locator(".card h2").first).to_be_visible()
    shopper.complaints.clear()  # the browser itself reports the failed request
