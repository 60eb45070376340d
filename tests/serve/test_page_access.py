"""The storefront for every hand and eye: phones, screen readers, dark rooms, slow lines."""

from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

if TYPE_CHECKING:
    from conftest import Shopper

pytestmark = pytest.mark.browser
SMALL = {"viewport": {"width": 320, "height": 640}, "has_touch": True, "is_mobile": True}  # WCAG 1.4.10
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.mark.parametrize("shopper", [PHONE, SMALL], indirect=True, ids=["phone", "small"])
@pytest.mark.parametrize("path", ["/?lang=zh-Hans", "/?lang=ru&q=teapot", "/?lang=de&product=made/he"])
def test_nothing_scrolls_sideways_on_a_phone(shopper: "Shopper", path: str) -> None:
    page = shopper.visit(path)

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("shopper", [PHONE], indirect=True)
def test_on_a_phone_the_filters_are_a_sheet(shopper: "Shopper") -> None:
    page = shopper.visit("/?lang=ja")
    expect(page.locator("#panel")).not_to_be_visible()
    page.locator("#open-filters").tap()
    page.locator("#sheet .facet label").first.tap()
    expect(page.locator("#filter-count")).to_have_text("1")

    page.keyboard.press("Escape")

    expect(page.locator("#sheet")).not_to_be_visible()
    expect(page.locator("#open-filters")).to_be_focused()


@pytest.mark.parametrize("shopper", [PHONE], indirect=True)
def test_touch_targets_are_44_pixels(shopper: "Shopper") -> None:
    page = shopper.visit("/?q=teapot")
    page.locator("#open-filters").tap()

    small = page.evaluate(
        """() => [...document.querySelectorAll("button, select, summary, #facets label, #home, .door, #q")]
            .filter((each) => each.checkVisibility() && each.getBoundingClientRect().height < 44)
            .map((each) => each.outerHTML.slice(0, 120))"""
    )

    assert small == []


@pytest.mark.parametrize("shopper", [{}, PHONE], indirect=True, ids=["desk", "phone"])
@pytest.mark.parametrize("path", ["/", "/?q=teapot", "/?product=demo-zh-01"])
def test_nothing_jumps_while_the_page_fills(shopper: "Shopper", path: str) -> None:
    page = shopper.page
    page.add_init_script(
        """window.jumps = 0;
        const watch = new PerformanceObserver((list) => {
            for (const each of list.getEntries()) if (!each.hadRecentInput) window.jumps += each.value;
        });
        watch.observe({ type: "layout-shift", buffered: true });"""
    )
    shopper.visit(path)
    page.wait_for_timeout(500)

    assert page.evaluate("window.jumps") < 0.1


@pytest.mark.parametrize("shopper", [PHONE, {"color_scheme": "dark"}], indirect=True, ids=["phone", "dark"])
@pytest.mark.parametrize("path", ["/?q=vase", "/?q=teapot&lang=ar", "/?product=demo-zh-01&lang=hi"])
def test_axe_finds_no_barrier(shopper: "Shopper", path: str) -> None:
    page = shopper.visit(path)
    page.wait_for_timeout(250)  # colours in transition have no contrast to measure

    found = Axe().run(page)

    assert [(each["id"], each["nodes"][0]["html"]) for each in found.response["violations"]] == []
