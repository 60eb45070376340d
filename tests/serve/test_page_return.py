"""The shopper turns to a product or to another language, and back: what comes late disturbs nothing."""

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, Route, expect

if TYPE_CHECKING:
    from conftest import Shopper

pytestmark = pytest.mark.browser
TALL = {"viewport": {"width": 1280, "height": 1600}}
HOME = "Home & Garden"
CHOSEN = "category=Home+%26+Garden"
# How far below the window's top a hit lies, as the shopper leaves and when they are back: where rails above
# have changed their height, the page is scrolled by as much. By layout: a card rises under the pointer.
NOTE_PLACE = """() => {
  window.below = (node) => {
    let top = -scrollY;
    for (let each = node.closest(".card"); each; each = each.offsetParent) top += each.offsetTop;
    return top;
  };
  const note = (event) => { window.left = below(event.target); };
  addEventListener("click", note, { capture: true, once: true });
}"""


def hold(page: Page, path: str) -> list[Route]:
    """Requests to a path from now on, none of which is answered before the test does so."""
    held: list[Route] = []
    page.route(path, lambda route: held.append(route))
    return held


def nth(held: list[Route], n: int, page: Page) -> Route:
    """Return a held request as soon as it is sent."""
    for _ in range(100):
        if len(held) > n:
            return held[n]
        page.wait_for_timeout(50)
    pytest.fail("nothing was asked")


def scroll(page: Page, top: int) -> None:
    """Scroll, and note where in the history, as the page does when it is left."""
    page.evaluate("top => scrollTo({ top, behavior: 'instant' })", top)
    page.evaluate("history.replaceState({ ...history.state, y: scrollY }, '')")
    assert page.evaluate("history.state.y") == top


def uncounted(route: Route) -> None:
    """Answer a search, but count no product of the category."""
    body: dict[str, Any] = route.fetch().json()  # Any: JSON
    for facet in body["facets"]:
        facet["counts"] = [count for count in facet["counts"] if not count["value"].startswith(HOME)]
    route.fulfill(json=body)


def reload_and_leave(shopper: "Shopper") -> Route:
    """Scroll down the first page, load it again, and open a product before the search is answered."""
    page = shopper.visit("/?lang=en")
    scroll(page, 600)
    held = hold(page, "**/v1/search")
    page.reload()
    page.locator("#rails .pick:not(.ghost) h3 a").first.click()
    expect(page.locator("#product h1")).to_be_focused()
    return nth(held, 0, page)


def test_back_returns_to_the_same_hit(shopper: "Shopper") -> None:
    page = shopper.visit("/?lang=de")
    hit = page.locator(".card h2 a").nth(13)
    hit.scroll_into_view_if_needed()
    page.evaluate(NOTE_PLACE)
    hit.click()
    expect(page.locator("#product h1")).to_be_focused()
    place = page.evaluate("window.left")
    assert page.evaluate("scrollY") == 0

    page.go_back()

    expect(hit).to_be_focused()
    assert abs(hit.evaluate("(node) => below(node)") - place) < 2


@pytest.mark.parametrize("shopper", [TALL], indirect=True)
def test_back_returns_to_a_hit_of_a_list_that_was_not_scrolled(shopper: "Shopper") -> None:
    page = shopper.page
    page.route("**/v1/recommend", lambda route: route.fulfill(json={"hits": [], "impression": ""}))
    shopper.visit("/?lang=de")
    expect(page.locator("#rails .rail")).to_have_count(0)
    page.evaluate(NOTE_PLACE)
    hit = page.locator(".card h2 a").first
    hit.click()
    expect(page.locator("#product h1")).to_be_focused()
    place = page.evaluate("window.left")
    page.unroute("**/v1/recommend")

    page.go_back()

    expect(page.locator("#rails .rail").first).to_be_visible()  # now something is known to go by
    expect(hit).to_be_focused()
    assert abs(hit.evaluate("(node) => below(node)") - place) < 2


def test_a_list_that_comes_late_leaves_the_product_page_alone(shopper: "Shopper") -> None:
    page = shopper.page
    search = reload_and_leave(shopper)
    place = page.evaluate("scrollY")

    search.continue_()

    expect(page.locator("#hits")).not_to_have_attribute("aria-busy", "true")
    assert page.locator("#hits .card:not(.ghost)").count() > 0
    assert page.evaluate("scrollY") == place
    expect(page.locator("#status")).to_be_empty()
    expect(page.locator("#hero")).not_to_be_visible()


def test_a_list_that_fails_late_is_asked_again_on_return(shopper: "Shopper") -> None:
    page = shopper.page
    search = reload_and_leave(shopper)

    search.abort()

    expect(page.locator("#hits")).not_to_have_attribute("aria-busy", "true")
    expect(page.locator(".trouble")).to_have_count(0)
    page.unroute("**/v1/search")
    page.go_back()
    expect(page.locator("#hits .card:not(.ghost)").first).to_be_visible()
    shopper.complaints.clear()  # the browser itself reports the failed request


def test_a_product_that_is_not_waited_for_leaves_the_list_alone(shopper: "Shopper") -> None:
    page = shopper.visit("/?product=demo-zh-01")
    scroll(page, 300)
    hold(page, "**/v1/products/**")
    page.reload()
    expect(page.locator("#product .ghost")).to_be_visible()

    page.locator("#home").click()

    expect(page.locator("#hits .card:not(.ghost)").first).to_be_visible()
    assert page.evaluate("scrollY") == 0


def test_a_condition_is_never_said_in_the_language_before(shopper: "Shopper") -> None:
    page = shopper.visit(f"/?lang=de&{CHOSEN}")
    chip, value = page.locator(".chip"), page.locator(f'label:has([data-key="category={HOME}"]) .value')
    expect(chip).not_to_contain_text(HOME)
    expect(value).not_to_contain_text(HOME)
    held = hold(page, "**/v1/search")

    page.locator("#lang").select_option("ar")

    expect(chip).to_have_text(HOME)  # as the catalogue writes it, until an answer says it in Arabic
    uncounted(nth(held, 0, page))
    expect(page.locator("#hits")).not_to_have_attribute("aria-busy", "true")
    expect(chip).to_have_text(HOME)
    expect(chip).to_have_attribute("aria-label", f"إزالة عامل التصفية: \u2068{HOME}\u2069")
    expect(value).to_have_text(HOME)
    expect(value).to_have_attribute("title", HOME)


def test_an_answer_in_the_language_before_teaches_nothing(shopper: "Shopper") -> None:
    page = shopper.visit(f"/?lang=de&q=teapot&{CHOSEN}")
    held = hold(page, "**/v1/search")
    page.locator("#sort").select_option("price_up")
    page.locator(".card h2 a").first.click()
    expect(page.locator("#product h1")).to_be_visible()
    page.locator("#lang").select_option("ar")
    nth(held, 0, page).continue_()  # asked in German
    expect(page.locator("#hits")).not_to_have_attribute("aria-busy", "true")

    page.locator("#q").press("Enter")

    expect(page.locator(".chip")).to_have_text(HOME)
    uncounted(nth(held, 1, page))
    expect(page.locator("#hits")).not_to_have_attribute("aria-busy", "true")
    expect(page.locator(".chip")).to_have_text(HOME)


def test_back_before_a_search_has_answered_keeps_the_list_that_is_shown(shopper: "Shopper") -> None:
    page = shopper.visit("/?lang=en&q=teapot")
    title = page.locator("#title")
    before = title.text_content()
    held = hold(page, "**/v1/search")
    page.locator("#q").fill("vase")
    page.locator("#q").press("Enter")
    search = nth(held, 0, page)
    expect(title).not_to_have_text(before or "")

    page.go_back()

    expect(title).to_have_text(before or "")
    expect(page.locator("#hits")).not_to_have_attribute("aria-busy", "true")
    search.continue_()
    page.wait_for_timeout(300)
    expect(title).to_have_text(before or "")
