"""The storefront for every hand and eye: phones, screen readers, dark rooms, slow lines."""

from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

if TYPE_CHECKING:
    from conftest import Shopper

pytestmark = pytest.mark.browser
SMALL = {"viewport": {"width": 320, "height": 640}, "has_touch": True, "is_mobile": True}  # WCAG 1.4.10
COMPARED = "/?compare=demo-zh-01&compare=demo-de-01&compare=demo-ar-06&lang=de"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.mark.parametrize("shopper", [PHONE, SMALL], indirect=True, ids=["phone", "small"])
@pytest.mark.parametrize(
    "path",
    ["/?lang=zh-Hans", "/?lang=ru&q=teapot", "/?lang=de&product=made/he", COMPARED, "/?view=profile&lang=ru"],
)
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


@pytest.mark.parametrize("shopper", [PHONE, {"color_scheme": "dark"}], indirect=True, ids=["phone", "dark"])
def test_axe_finds_no_barrier_in_answers_tips_comparisons_and_profiles(shopper: "Shopper") -> None:
    page = shopper.visit("/?product=demo-ar-06&lang=en")
    page.locator(".example").first.click()
    expect(page.locator(".opinion").first).to_be_visible()
    page.locator(".source").first.focus()
    expect(page.locator(".pick:not(.ghost)").first).to_be_visible()
    page.wait_for_timeout(250)
    seen = [Axe().run(page)]
    shopper.visit("/?lang=ar")
    expect(page.locator("[aria-labelledby=rail-for_you] .pick:not(.ghost)").first).to_be_visible()
    page.locator("[data-tick]").first.check()
    page.wait_for_timeout(250)
    seen.append(Axe().run(page))
    for path in (COMPARED, "/?view=profile&lang=hi"):
        shopper.visit(path)
        page.wait_for_timeout(250)
        seen.append(Axe().run(page))

    found = [each for one in seen for each in one.response["violations"]]
    assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []
