"""The storefront answers, translates and compares: every word of it traceable to the page it is about."""

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, Route, expect

if TYPE_CHECKING:
    from conftest import Shopper

pytestmark = pytest.mark.browser
CUCKOO = "/?product=demo-de-02"
NIGHT = "Kann man den Kuckuck nachts abstellen?"
QUOTE = "Der Kuckuck ruft zu jeder halben und vollen Stunde und lässt sich nachts abstellen."
HOSTILE = '<img src=x onerror="window.hacked=1"><script>window.hacked=2</script> vase \u202egnp.exe'


def ask(page: Page, question: str) -> None:
    page.locator("#question").fill(question)
    page.keyboard.press("Enter")
    expect(page.locator(".latest .reply > h3")).to_have_text(question)


def alter(page: Page, path: str, change: Any) -> None:  # Any: a function of the API's JSON
    def altered(route: Route) -> None:
        body = route.fetch().json()
        change(body)
        route.fulfill(json=body)

    page.route(path, altered)


def test_an_answer_quotes_the_page_and_its_quotes_open_where_they_stand(shopper: "Shopper") -> None:
    page = shopper.visit(CUCKOO + "&lang=ar")
    ask(page, NIGHT)
    expect(page.locator(".reply .said")).to_have_attribute("lang", "ar")
    quote = page.locator(".quote blockquote", has_text=QUOTE)
    expect(quote).to_have_attribute("lang", "de")
    expect(quote).to_have_attribute("dir", "ltr")
    expect(page.locator(".quote .kind").first).to_have_text("وصف البائع")

    quote.locator("a").click()

    expect(page.locator(".description mark.lit")).to_have_text(QUOTE)
    expect(page.locator(".description mark.lit")).to_be_focused()
    expect(page.locator(".description mark.lit")).to_be_in_viewport()
    assert page.url.endswith(CUCKOO[2:] + "&lang=ar")
    page.locator(".place-back").click()
    expect(quote.locator("a")).to_be_focused()
    expect(page.locator("mark.lit")).to_have_count(0)


def test_a_question_is_asked_and_its_evidence_opened_without_a_mouse(shopper: "Shopper") -> None:
    page = shopper.visit(CUCKOO)
    page.locator("#question").focus()
    page.keyboard.type(NIGHT)
    page.keyboard.press("Enter")
    expect(page.locator(".quote a").first).to_be_visible()
    assert page.locator(".latest").get_attribute("aria-live") == "polite"
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.quote a')"):
            break

    page.keyboard.press("Enter")

    expect(page.locator("#product mark.lit")).to_be_focused()


def test_what_the_seller_does_not_state_is_declined_and_offered_as_a_search(shopper: "Shopper") -> None:
    page = shopper.visit(CUCKOO + "&lang=en")

    ask(page, "Does the gearbox support hydraulic torque vectoring?")

    expect(page.locator(".reply .verdict")).to_have_text("Not stated by the seller")
    expect(page.locator(".reply .quote")).to_have_count(0)
    page.locator(".reply a.plain").click()
    expect(page.locator("#title")).to_contain_text("hydraulic torque vectoring")


def test_contradicting_evidence_stands_side_by_side(shopper: "Shopper") -> None:
    page = shopper.visit(CUCKOO + "&lang=en")

    def contradict(body: dict[str, Any]) -> None:  # Any: JSON
        other = body["citations"][0] | {
            "kind": "review",
            "quote": body["citations"][0]["quote"] | {"value": "No."},
        }
        body |= {"verdict": "mixed", "against": [other]}

    alter(page, "**/v1/answer", contradict)
    ask(page, NIGHT)

    expect(page.locator(".verdict.mixed")).to_have_text("Sources disagree")
    expect(page.locator(".sides > section")).to_have_count(2)
    left, right = (page.locator(".sides > section").nth(i).bounding_box() for i in range(2))
    assert left is not None
    assert right is not None
    assert (left["y"], left["x"] < right["x"]) == (right["y"], True)


def test_what_buyers_say_is_counted_and_quoted(shopper: "Shopper") -> None:
    page = shopper.visit("/?product=demo-ar-06&lang=fr")

    page.locator(".example", has_text="Que disent les acheteurs").click()

    opinion = page.locator(".opinion").first
    expect(opinion.locator(".counts")).to_contain_text("Satisfaits")
    expect(opinion.locator(".counts")).to_contain_text("Insatisfaits")
    expect(opinion.locator("blockquote").first).to_have_attribute("lang", "ar")
    expect(opinion.locator(".kind").first).to_have_text("Avis d’un acheteur")


def test_earlier_questions_of_the_visit_stay_with_their_answers(shopper: "Shopper") -> None:
    page = shopper.visit(CUCKOO)
    ask(page, NIGHT)
    ask(page, "What does it cost?")
    page.locator("#home").click()
    page.go_back()
    expect(page.locator(".latest .reply > h3")).to_have_text("What does it cost?")

    page.locator(".before summary", has_text=NIGHT).click()

    expect(page.locator(".before blockquote").first).to_have_text(QUOTE)


def test_a_question_that_got_lost_can_be_asked_again(shopper: "Shopper") -> None:
    page = shopper.visit(CUCKOO + "&lang=es")
    page.route("**/v1/answer", lambda route: route.abort())
    page.locator("#question").fill(NIGHT)
    page.keyboard.press("Enter")
    expect(page.locator(".latest .trouble")).to_contain_text("No se puede acceder")
    page.unroute("**/v1/answer")

    page.locator(".latest .trouble button").click()

    expect(page.locator(".quote").first).to_be_visible()
    shopper.complaints.clear()  # the browser itself reports the failed request


def test_key_facts_are_named_for_the_shopper_and_show_the_sellers_words(shopper: "Shopper") -> None:
    page = shopper.visit("/?product=demo-zh-01&lang=en")
    fact = page.locator(".fact", has_text="Volume")
    expect(fact.locator("dd bdi").first).to_have_text("200 mL")
    expect(fact.locator(".source-note")).not_to_be_visible()

    fact.locator(".source").focus()

    expect(fact.locator(".source-note")).to_have_text("Stated by the seller容量: 200 ml")
    page.keyboard.press("Escape")
    expect(fact.locator(".source-note")).not_to_be_visible()


def test_a_fact_that_a_machine_read_says_so_and_quotes(shopper: "Shopper") -> None:
    page = shopper.page
    read = {"name": "Shape", "value": "Xishi", "unit": "", "quote": "西施壶", "confidence": 0.8}
    read |= {"shown": {"name": "Shape", "value": "Xishi"}}
    alter(page, "**/v1/extract", lambda body: body["facts"].append(read))
    shopper.visit("/?product=demo-zh-01&lang=en")

    page.locator(".fact", has_text="Shape").locator(".source.read").click()

    note = page.locator(".fact", has_text="Shape").locator(".source-note")
    expect(note).to_have_text("Read from the seller’s words by machine西施壶")


def translate_description(body: dict[str, Any]) -> None:  # Any: JSON
    made = {"value": "A traditional cuckoo clock.", "lang": "en", "dir": "ltr", "machine": True}
    body["descriptions"][0]["translation"] = made


def test_a_translation_says_so_and_one_click_shows_the_original(shopper: "Shopper") -> None:
    page = shopper.page
    alter(page, "**/v1/products/**", translate_description)
    shopper.visit(CUCKOO + "&lang=en")
    text = page.locator(".description .prose")
    expect(text).to_have_text("A traditional cuckoo clock.")
    expect(text).to_have_attribute("lang", "en")
    expect(page.locator(".description .badge")).to_contain_text(
        "Translated by machine from \u2068German\u2069"
    )

    page.locator(".description .turn").click()

    expect(text).to_contain_text("Traditionelle Kuckucksuhr")
    expect(text).to_have_attribute("lang", "de")
    expect(page.locator(".description .turn")).to_have_text("Show translation")
    page.locator(".description .turn").click()
    expect(text).to_have_text("A traditional cuckoo clock.")


def test_nothing_passes_as_translated_where_the_api_has_the_original(shopper: "Shopper") -> None:
    page = shopper.page
    alter(page, "**/v1/products/**", translate_description)
    shopper.visit(CUCKOO + "&lang=en")

    expect(page.locator(".bullets .badge")).to_have_text("Written in \u2068German\u2069")
    expect(page.locator(".bullets .turn")).to_have_count(0)
    expect(page.locator(".bullets li").first).to_have_attribute("lang", "de")


def test_a_quote_opens_in_the_original_of_a_translated_text(shopper: "Shopper") -> None:
    page = shopper.page
    alter(page, "**/v1/products/**", translate_description)
    shopper.visit(CUCKOO + "&lang=en")
    ask(page, NIGHT)

    page.locator(".quote a", has_text=QUOTE).click()

    expect(page.locator(".description mark.lit")).to_have_text(QUOTE)
    expect(page.locator(".description .prose")).to_have_attribute("lang", "de")


def test_the_wish_to_translate_is_remembered_and_a_shop_without_translator_says_so(
    shopper: "Shopper",
) -> None:
    page = shopper.visit(CUCKOO + "&lang=pl")
    expect(page.locator(".untranslated")).to_have_count(0)
    page.locator(".lead .switch").click()
    expect(page.locator(".untranslated")).to_contain_text("Ten sklep nie ma tłumacza")

    page = shopper.visit("/?lang=pl")

    expect(page.locator("#translate .switch")).to_have_attribute("aria-checked", "true")
    expect(page.locator("#notices .untranslated")).to_contain_text("Ten sklep nie ma tłumacza")


def test_a_pair_that_is_not_good_enough_is_named(shopper: "Shopper") -> None:
    page = shopper.page
    pair = {"source": "fr", "target": "en", "shown": True}
    page.route(
        "**/v1/translate/pairs",
        lambda route: route.fulfill(json={"engine": "one", "any": False, "pairs": [pair]}),
    )
    shopper.visit(CUCKOO + "&lang=en")

    page.locator(".lead .switch").click()

    expect(page.locator(".untranslated")).to_contain_text(
        "No translation good enough yet from: \u2068German\u2069"
    )


def test_two_to_four_products_are_compared_side_by_side(shopper: "Shopper") -> None:
    page = shopper.visit("/?lang=en&q=teapot")
    for i in range(4):
        page.locator("[data-tick]").nth(i).check()
        expect(page.locator(".tray .chip")).to_have_count(i + 1)
    expect(page.locator("[data-tick]").nth(4)).to_be_disabled()
    page.locator(".tray .chip").nth(3).click()
    names = [page.locator(".card h2 a").nth(i).inner_text() for i in range(3)]

    page.locator(".tray a.strong").click()

    expect(page.locator("#other h1")).to_be_focused(timeout=30_000)  # facts are read
    expect(page.locator(".compared thead th")).to_have_count(3)
    expect(page.locator(".compared .name")).to_have_text(names)
    expect(page.locator(".compared tbody th", has_text="Price")).to_have_count(1)
    expect(page.locator(".compared .blank").first).to_have_text("Not stated")
    page.locator(".compared thead .dismiss").first.click()
    expect(page.locator(".compared thead th")).to_have_count(2)
    page.reload()
    expect(page.locator(".compared .name")).to_have_text(names[1:])


def test_hostile_answers_and_facts_stay_text(shopper: "Shopper") -> None:
    page = shopper.visit(CUCKOO)

    def poison(body: dict[str, Any]) -> None:  # Any: JSON
        body["text"]["value"] = HOSTILE
        body["citations"][0] |= {"kind": HOSTILE, "passage": HOSTILE}
        body["citations"][0]["quote"] |= {"value": HOSTILE, "lang": '"><b>', "language": HOSTILE}
        body["citations"][0]["translation"] = {
            "value": HOSTILE,
            "lang": HOSTILE,
            "dir": "ltr",
            "source": "machine",
        }

    alter(page, "**/v1/answer", poison)
    ask(page, NIGHT)
    page.locator(".quote a").first.click()

    expect(page.locator(".said")).to_contain_text("<script>window.hacked=2</script>")
    expect(page.locator(".quote .passage")).to_contain_text("<img src=x onerror")
    assert page.locator("main img[src='x'], main script").count() == 0
    assert page.evaluate("window.hacked") is None
