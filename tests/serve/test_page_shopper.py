"""The storefront knows its shopper only as far as they allow, and says why it shows what it shows."""

import json
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, Request, Route, expect

if TYPE_CHECKING:
    from conftest import Shopper

pytestmark = pytest.mark.browser
# Headless browsers name themselves crawlers, and what crawlers do counts for nothing.
PERSON = {"user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"}
TENT, LANTERN = "demo-zh-09", "demo-ko-05"
# Consent asks for the rails anew, so a card is found, read and followed in one breath.
FOLLOW_FIRST = """() => {
  const link = document.querySelector("[aria-labelledby=rail-similar] .pick:not(.ghost) h3 a");
  link?.click();
  return link?.dataset.impression;
}"""
HOSTILE = '<img src=x onerror="window.hacked=1"><script>window.hacked=2</script>'


def sent_to(page: Page, path: str) -> list[Any]:  # Any: JSON
    """Bodies of the requests to a path from now on."""
    bodies: list[Any] = []

    def keep(request: Request) -> None:
        bodies.extend([request.post_data_json] if path in request.url else [])

    page.on("request", keep)
    return bodies


def look_at(shopper: "Shopper", *ids: str) -> Page:
    for id_ in ids:
        shopper.visit(f"/?product={id_}")
        expect(shopper.page.locator("#rail-similar")).to_be_visible()
    return shopper.page


def test_a_first_visitor_sees_what_is_liked_here(shopper: "Shopper") -> None:
    page = shopper.visit("/?lang=en")

    expect(page.locator("#rails h2")).to_have_text(["Trending here"])
    expect(page.locator(".pick .reason").first).not_to_be_empty()


@pytest.mark.parametrize(
    ("lang", "because"), [("ar", "لأنك شاهدت"), ("zh-Hans", "因为您看过"), ("en", "Because you viewed")]
)
def test_tips_say_why_in_the_language_of_the_page(shopper: "Shopper", lang: str, because: str) -> None:
    look_at(shopper, TENT)

    page = shopper.visit(f"/?lang={lang}")

    expect(page.locator("#rail-for_you")).to_be_visible()
    reason = page.locator("[aria-labelledby=rail-for_you] .reason span[lang]").first
    expect(reason).to_contain_text(because)
    expect(reason).to_have_attribute("lang", lang)


def test_a_product_page_leads_on_to_similar_and_fitting_ones(shopper: "Shopper") -> None:
    page = look_at(shopper, TENT)

    page.locator("[aria-labelledby=rail-similar] .pick h3 a").first.click()

    expect(page.locator("#product h1")).to_be_focused()
    assert TENT not in page.url


def test_without_consent_nothing_is_sent_or_kept(shopper: "Shopper") -> None:
    events, tips = sent_to(shopper.page, "/v1/events"), sent_to(shopper.page, "/v1/recommend")
    page = look_at(shopper, TENT, LANTERN)
    page.locator(".consent button").nth(1).click()
    expect(page.locator(".consent")).to_have_count(0)

    shopper.visit("/")
    expect(page.locator(".pick:not(.ghost)").first).to_be_visible()
    page.wait_for_timeout(1500)  # as long as a card takes to count as shown

    assert events == []
    assert page.evaluate("Object.keys(localStorage)") == []
    assert {event["product"] for event in tips[-1]["session"]} == {TENT, LANTERN}
    assert all("shopper" not in body for body in tips)


@pytest.mark.parametrize("shopper", [PERSON], indirect=True)
def test_with_consent_deeds_are_told_under_a_random_name_with_the_list_they_came_from(
    shopper: "Shopper",
) -> None:
    page = look_at(shopper, TENT)
    events = sent_to(page, "/v1/events")
    page.locator(".consent button").first.click()
    expect(page.locator(".consent")).to_have_count(0)

    with page.expect_request(lambda request: '"kind":"click"' in (request.post_data or "")):
        impression = page.wait_for_function(FOLLOW_FIRST).json_value()
    page.locator(".deeds .plain").first.click()
    expect(page.locator(".deeds .plain").first).to_have_attribute("aria-pressed", "true")
    page.locator("#rail-together").scroll_into_view_if_needed()
    page.wait_for_timeout(2500)  # a card counts as shown after a second

    told = [event for body in events for event in body]
    assert {event["shopper"] for event in told} == {page.evaluate("localStorage['dragoman.shopper']")}
    assert {"view", "click", "like", "show"} <= {event["kind"] for event in told}
    came = [event for event in told if event["kind"] in ("click", "view") and event["product"] != TENT]
    assert [(event["impression"], event["position"]) for event in came] == [(impression, 1)] * 2
    assert len({event["id"] for event in told}) == len(told)


@pytest.mark.parametrize("shopper", [PERSON], indirect=True)
def test_a_profile_shows_what_is_known_and_forgets_one_thing_or_all(shopper: "Shopper") -> None:
    page = look_at(shopper, TENT, LANTERN)
    page.locator(".consent button").first.click()
    expect(page.locator(".consent")).to_have_count(0)
    page.locator("#to-profile").click()
    expect(page.locator("#other h1")).to_be_focused()
    expect(page.locator(".parts .part").first).to_be_visible()
    expect(page.locator(".row")).to_have_count(2)

    page.locator(".row .dismiss").first.click()

    expect(page.locator(".row")).to_have_count(1)
    expect(page.locator("#status")).to_have_text("Forgotten.")
    page.locator(".danger").click()
    expect(page.locator(".nothing")).to_be_visible()
    assert page.evaluate("Object.keys(localStorage)") == []


def test_a_visit_without_consent_can_be_seen_and_forgotten_too(shopper: "Shopper") -> None:
    look_at(shopper, TENT, LANTERN)
    page = shopper.visit("/?view=profile&lang=en")
    expect(page.locator(".note")).to_contain_text("Kept only in this browser tab")
    expect(page.locator(".row")).to_have_count(2)

    page.locator(".row .dismiss").first.click()

    expect(page.locator(".row")).to_have_count(1)
    page.locator(".danger").click()
    expect(page.locator(".nothing")).to_be_visible()


def test_what_is_not_wanted_goes_and_stays_away(shopper: "Shopper") -> None:
    look_at(shopper, TENT)
    page = shopper.visit("/?lang=en")
    row = page.locator("[aria-labelledby=rail-for_you]")
    expect(row.locator(".pick:not(.ghost)").first).to_be_visible()
    unwanted = row.locator("h3 a").first.get_attribute("data-product")

    row.locator(".dismiss").first.click()

    expect(row.locator(".dismiss").first).to_be_focused()
    expect(row.locator(f"a[data-product='{unwanted}']")).to_have_count(0)
    shopper.visit("/?lang=en")
    expect(row.locator(".pick:not(.ghost)").first).to_be_visible()
    expect(row.locator(f"a[data-product='{unwanted}']")).to_have_count(0)


def test_hostile_tips_and_profiles_stay_text(shopper: "Shopper") -> None:
    page = look_at(shopper, TENT)

    def poison(route: Route) -> None:
        body = route.fetch().json()
        for hit in body["hits"]:
            hit["title"] |= {"value": HOSTILE, "lang": '"><b>'}
            hit["image"] = "javascript:window.hacked=3"
            hit["reason"]["text"] |= {"value": HOSTILE}
        route.fulfill(json=body)

    page.route("**/v1/recommend", poison)
    visit = [{"kind": "view", "product": HOSTILE, "at": 1}, {"kind": "search", "query": HOSTILE, "at": 2}]
    page.evaluate("visit => sessionStorage.setItem('dragoman.visit', visit)", json.dumps(visit))
    shopper.visit("/")
    expect(page.locator(".pick h3").first).to_have_text(HOSTILE)
    shopper.visit("/?view=profile")

    expect(page.locator(".part li").last).to_have_text(HOSTILE)
    assert page.locator("main img[src='x'], main script, main img[src^='javascript']").count() == 0
    assert page.evaluate("window.hacked") is None
    shopper.complaints.clear()  # the browser itself reports the product that is none
