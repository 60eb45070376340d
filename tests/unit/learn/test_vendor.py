"""Laws of a shop's own data: what is made of feeds and events, what is left out, and nothing is fatal."""

import json
import random
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.errors import BadConfig, BadInput, Conflict, NotFound
from dragoman.learn import Recipe, open_task
from dragoman.learn.concepts import read_concepts
from dragoman.learn.events import Event, bots, read_events
from dragoman.learn.evidence import Question, queries_of, read_questions
from dragoman.learn.recipe import TaskRecipe, read_recipe
from dragoman.learn.run import Run, perform
from dragoman.learn.vendor import Made, Sources, make, told
from dragoman.measure.beir import read_corpus, read_qrels, read_queries
from dragoman.models import Style
from dragoman.testing.tiny_bert import write_tiny_bert
from dragoman.text.normalise import normalise
from dragoman.types import Rejection

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning")
ROOT = Path(__file__).parents[3]
DATA = ROOT.parent / "shared/data"
FEED = [
    {
        "id": "pot", "lang": "en", "title": {"en": "Clay teapot", "ko": "도자기 찻주전자", "zh-Hant": "陶壺"},
        "description": {"en": "Fired twice by hand in Yixing", "ko": "이싱에서 손으로 두 번 구운"},
        "bullets": {"en": ["Holds 200 ml", "Free shipping"], "ko": ["200밀리리터", "무료 배송"]},
        "variants": [{"id": "pot-red", "options": {"colour": "red"}}],
    },
    {
        "id": "tent", "lang": "de", "title": "Zelt für vier Personen",
        "bullets": ["Free shipping", "Wasserdicht bis 3000 mm"],
    },
    {"id": "lamp", "lang": "en", "title": "Bike lamp", "bullets": ["Charged by USB in two hours"]},
]  # fmt: skip


def write(path: Path, rows: list[object]) -> Path:
    lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def event(query: str, product: str, kind: str = "click", **more: object) -> dict[str, object]:
    return {"kind": kind, "query": query, "product": product, **more}


@pytest.fixture
def shop(tmp_path: Path) -> Callable[..., Made]:
    """Make the shop's feed and the events given into tmp_path/run/feed."""
    feed = write(tmp_path / "feed.jsonl", list(FEED))

    def made(*events: object) -> Made:
        paths = (write(tmp_path / "events.jsonl", list(events)),) if events else ()
        return make(Sources((feed,), paths), tmp_path / "run")

    return made


def rows_of(tmp_path: Path, name: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in (tmp_path / "run/feed" / name).read_text("utf-8").splitlines()]


def learnt(tmp_path: Path) -> dict[str, list[str]]:
    """Query to the first words of what answers it, whether it is learned from or measured by."""
    found = {one.text: [text.split(".")[0] for text in one.right] for one in questions(tmp_path)}
    aside = tmp_path / "run/feed/kept_aside"
    if (aside / "qrels.tsv").is_file():
        corpus = {one.id: one.title for one in read_corpus(aside / "corpus.jsonl")}
        judged = read_qrels(aside / "qrels.tsv")
        for path in sorted(aside.glob("queries.*.jsonl")):
            for id_, text in read_queries(path).items():
                found[text] = [corpus[product] for product in judged[id_]]
    return found


def questions(tmp_path: Path) -> list[Question]:
    path = tmp_path / "run/feed/questions.jsonl"
    return read_questions(path) if path.read_text("utf-8") else []


def test_texts_of_one_product_in_several_languages_are_concepts(
    shop: Callable[..., Made], tmp_path: Path
) -> None:
    assert shop().concepts == 4
    concepts = read_concepts(tmp_path / "run/feed/concepts.jsonl")
    assert concepts[0] == {"en": ["Clay teapot"], "ko": ["도자기 찻주전자"], "zh": ["陶壺"]}
    assert {"en": ["Holds 200 ml"], "ko": ["200밀리리터"]} in concepts


def test_a_title_is_answered_by_what_its_page_alone_says(shop: Callable[..., Made], tmp_path: Path) -> None:
    shop()
    found = {one.text: one.right for one in read_questions(tmp_path / "run/feed/titles.jsonl")}
    assert found["Zelt für vier Personen"] == ("Wasserdicht bis 3000 mm",)
    assert not any("Free shipping" in right for right in found.values())


def test_a_query_is_answered_by_what_was_clicked_and_a_variant_is_its_product(
    shop: Callable[..., Made], tmp_path: Path
) -> None:
    shop(event("찻주전자 도자기", "pot-red", shopper="a"), event("zelt familie", "tent", shopper="b"))
    assert learnt(tmp_path) == {
        "찻주전자 도자기": ["Clay teapot"],
        "zelt familie": ["Zelt für vier Personen"],
    }


def test_spellings_of_one_query_are_one_and_a_deed_repeated_counts_once(
    shop: Callable[..., Made], tmp_path: Path
) -> None:
    rows = [event(text, "lamp", shopper="a") for text in ("Bike Lamp", "bike  lamp", "ＢＩＫＥ lamp")]
    assert shop(*rows).dropped == {"repeated": 2}
    assert learnt(tmp_path) == {"Bike Lamp": ["Bike lamp"]}


def test_a_purchase_outweighs_glances(shop: Callable[..., Made], tmp_path: Path) -> None:
    bought = event("gift", "pot", "buy", shopper="a")
    shop(bought, event("gift", "lamp", shopper="b"))
    assert learnt(tmp_path) == {"gift": ["Clay teapot"]}
    shop(bought, *(event("gift", "lamp", shopper=str(i)) for i in range(3)))
    assert learnt(tmp_path) == {"gift": ["Clay teapot", "Bike lamp"]}


BROKEN = [
    ("{", "line"), ("[]", "line"), ("42", "line"), ('"x"', "line"), ("\x00", "line"), ("[" * 5000, "line"),
    ("{}", "kind"), ('{"kind": "click"}', "query"), ('{"kind": "click", "query": "x"}', "product"),
    ('{"kind": "click", "query": "", "product": 3}', "query"), ('{"query": "x", "product": "pot"}', "kind"),
    ('{"kind": "buy", "query": "x", "product": "pot", "at": "yesterday"}', "at"),
    ('{"kind": "buy", "query": "x", "product": "pot", "at": -3}', "at"),
    ('{"kind": "buy", "query": "x", "product": "pot", "at": true}', "at"),
    ('{"kind": "buy", "query": "x", "product": "pot", "at": [1]}', "at"),
    ('{"kind": "click", "query_id": "q9", "product": "pot"}', "query"),
    ('{"kind": "click", "query": "x", "product": "nowhere"}', "product"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "field"), BROKEN)
def test_a_line_that_cannot_be_taken_is_told_by_number_with_a_remedy_and_reading_goes_on(
    shop: Callable[..., Made], tmp_path: Path, line: str, field: str
) -> None:
    made = shop(event("lamp usb", "lamp"), line, event("zelt", "tent"))
    assert len(learnt(tmp_path)) == 2
    [problem] = made.problems
    assert (problem.line, problem.field) == (2, field)
    assert problem.remedy
    assert "events.jsonl:2" in "\n".join(told(made, tmp_path))
    assert rows_of(tmp_path, "problems.jsonl")[0]["line"] == 2


@given(st.lists(st.one_of(st.binary(max_size=40), st.text(max_size=40).map(str.encode)), max_size=8))
def test_no_bytes_are_fatal(tmp_path_factory: pytest.TempPathFactory, lines: list[bytes]) -> None:
    path = tmp_path_factory.mktemp("e") / "events.jsonl"
    path.write_bytes(b"\n".join(lines))
    problems: list[Rejection] = []
    assert all(isinstance(one, Event) for one in read_events([path], tell=problems.append))
    assert all(one.remedy and one.line for one in problems)


@given(
    st.dictionaries(
        st.sampled_from(["kind", "query", "product", "at", "shopper", "action_name", "event_attributes"]),
        st.recursive(
            st.none() | st.booleans() | st.floats(allow_nan=False) | st.integers() | st.text(max_size=5),
            lambda inner: (
                st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2)
            ),
        ),
    )
)
def test_no_values_are_fatal(tmp_path_factory: pytest.TempPathFactory, row: dict[str, object]) -> None:
    path = write(tmp_path_factory.mktemp("e") / "events.jsonl", [{"kind": "click", **row}])
    list(read_events([path], tell=lambda _: None))


def test_user_behavior_insights_are_understood(shop: Callable[..., Made], tmp_path: Path) -> None:
    about = {"event_attributes": {"object": {"object_id": "pot", "object_id_field": "id"}}}
    lamp = {"event_attributes": {"object": {"object_id": "lamp"}}}
    later = {"client_id": "c", "timestamp": 1772359300000}  # milliseconds
    made = shop(
        {"query_id": "1", "user_query": "찻주전자", "client_id": "c", "timestamp": "2026-03-01T10:00:00Z"},
        {"action_name": "impression", "query_id": "1", "client_id": "c", **about},
        {"action_name": "add_to_cart", "query_id": "1", **later, **about},
        {"action_name": "purchase", "user_query": "bike light", **lamp},
    )
    assert made.problems == ()
    assert learnt(tmp_path) == {"찻주전자": ["Clay teapot"], "bike light": ["Bike lamp"]}


def test_who_does_more_than_people_can_is_a_bot_and_nobody_is_nobody() -> None:
    def many(shopper: str, n: int, apart: float, start: float = 1e9) -> list[Event]:
        return [Event("click", "q", "p", shopper, start + i * apart, i, "") for i in range(n)]

    assert bots(many("all day", 301, 60.0)) == {"all day"}
    assert bots(many("two days", 500, 400.0)) == frozenset()
    assert bots(many("at once", 40, 0.5)) == {"at once"}
    assert bots(many("quick", 12, 1.0)) == frozenset()
    assert bots([Event("click", "q", "p", "", 0.0, i, "") for i in range(1_000)]) == frozenset()
    assert bots([Event("click", "q", "p", "no clock", 0.0, i, "") for i in range(301)]) == {"no clock"}


def test_bots_and_personal_data_teach_nothing_and_no_shopper_is_written_down(
    shop: Callable[..., Made], tmp_path: Path
) -> None:
    crawl = [event(f"word {i}", "lamp", shopper="crawler", at=1e9 + i / 4) for i in range(50)]
    private = [event(text, "pot", shopper="s-77") for text in ("me@home.example", "call +49 170 123 45 67")]
    made = shop(*crawl, *private, event("pot 200 ml", "pot", shopper="s-78"))
    assert made.dropped == {"of bots": 50, "with personal data": 2}
    assert learnt(tmp_path) == {"pot 200 ml": ["Clay teapot"]}
    written = "".join(path.read_text("utf-8") for path in (tmp_path / "run").rglob("*") if path.is_file())
    assert not any(secret in written for secret in ("s-77", "s-78", "crawler", "home.example", "170 123"))


def test_what_is_kept_aside_is_never_learned_and_stays_aside_when_more_comes(
    shop: Callable[..., Made], tmp_path: Path
) -> None:
    first = [event(f"teapot number {i} of {i * i}", "pot") for i in range(100)]
    made = shop(*first)
    assert sum(made.questions.values()) + sum(made.kept_aside.values()) == 100
    assert 10 <= sum(made.kept_aside.values()) <= 30
    aside = queries_of((tmp_path / "run/feed/kept_aside").glob("queries.*.jsonl"))
    shop(*first, *(event(f"lamp {i}", "lamp") for i in range(100)))
    later = queries_of((tmp_path / "run/feed/kept_aside").glob("queries.*.jsonl"))
    assert aside < later
    assert not {normalise(one.text) for one in questions(tmp_path)} & later


def test_the_same_files_make_the_same_bytes(shop: Callable[..., Made], tmp_path: Path) -> None:
    def bytes_of() -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in (tmp_path / "run/feed").rglob("*.*")}

    rows = [event(f"teapot {i}", random.Random(i).choice(["pot", "lamp", "tent"])) for i in range(60)]
    shop(*rows)
    before = bytes_of()
    shop(*rows)
    assert bytes_of() == before


def test_a_run_that_began_on_other_data_is_refused(shop: Callable[..., Made], tmp_path: Path) -> None:
    shop(event("zelt", "tent"))
    shop(event("lamp", "lamp"))  # nothing has begun
    (tmp_path / "run/checkpoint.pt").write_bytes(b"")
    shop(event("lamp", "lamp"))
    with pytest.raises(Conflict, match="other feeds or events"):
        shop(event("zelt", "tent"))


def test_feeds_without_a_product_and_events_that_are_missing_are_refused(tmp_path: Path) -> None:
    feed = write(tmp_path / "feed.jsonl", list(FEED))
    with pytest.raises(NotFound, match="no events"):
        make(Sources((feed,), (tmp_path / "no.jsonl",)), tmp_path / "run")
    with pytest.raises(NotFound):
        make(Sources((tmp_path / "no.xml",)), tmp_path / "run")
    with pytest.raises(BadInput, match="no product"):
        make(Sources((write(tmp_path / "bad.jsonl", [{"id": "", "title": ""}]),)), tmp_path / "run")


def test_a_recipe_that_asks_for_what_was_not_made_says_what_it_is_made_of(
    shop: Callable[..., Made], tmp_path: Path
) -> None:
    asked = TaskRecipe("relevance", options={"questions": "feed:questions"})
    run = Run(Recipe("r", (asked,)), tmp_path, tmp_path / "run", tmp_path, tmp_path)
    with pytest.raises(NotFound, match="feed:questions") as caught:
        open_task(asked, run.recipe, run.find)
    assert "--feed" in caught.value.hint
    shop()
    with pytest.raises(NotFound, match="is empty") as caught:
        open_task(asked, run.recipe, run.find)
    assert "--events" in caught.value.hint


def test_the_shipped_adapter_is_for_the_packaged_body_alone(tmp_path: Path) -> None:
    recipe = Recipe("r", (), start="shipped", body="elsewhere")
    with pytest.raises(BadConfig, match="shipped"):
        perform(Run(recipe, tmp_path, tmp_path / "run", tmp_path, tmp_path))


class Stop(Exception):
    """Breaks a run off from inside."""


def test_a_run_on_a_shop_s_data_that_was_stopped_ends_in_the_same_weights(
    shop: Callable[..., Made], tmp_path: Path
) -> None:
    write_tiny_bert(tmp_path / "body")
    shop(*(event(f"teapot number {i}", ("pot", "lamp", "tent")[i % 3]) for i in range(30)))
    tasks = (
        TaskRecipe("follow", options={"batch": 4, "scripts": 0.5, "sources": ["feed:concepts"]}),
        TaskRecipe("relevance", options={"batch": 6, "mine": 2, "chunk": 4, "questions": "feed:questions"}),
        TaskRecipe("answer", options={"batch": 2, "mine": 2, "keys": 0.5, "questions": "feed:titles"}),
    )
    style = Style(rank=2)
    recipe = Recipe(
        "r", tasks, style, str(tmp_path / "body"), steps=8, save_every=1, mixing="sum", max_tokens=24
    )

    def learned(name: str, stop: int) -> bytes:
        run = Run(recipe, tmp_path, tmp_path / name, tmp_path, tmp_path / "home", tmp_path / "run/feed")

        def progress(done: int, _all: int, _loss: float) -> None:
            if done == stop:
                raise Stop

        with pytest.raises(Stop) if stop else nullcontext():
            perform(run, progress=progress)
        return (perform(run) / "adapter_model.safetensors").read_bytes()

    assert learned("whole", 0) == learned("broken", 5)


def test_the_example_is_labelled_and_clean_and_asks_nothing_that_measures(tmp_path: Path) -> None:
    path = ROOT / "examples/events.jsonl"
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert all(row["source"] == "synthetic" for row in rows)
    feeds = tuple(ROOT / "data/sample" / name for name in ("products.jsonl.gz", "sellers.jsonl"))
    made = make(Sources(feeds, (path,)), tmp_path / "run")
    assert len({*made.questions, *made.kept_aside}) >= 12
    assert sum(made.kept_aside.values()) >= 5
    assert [problem.value for problem in made.problems] == ["B0000NOTSOLD"]
    met = {normalise(one.text) for one in questions(tmp_path)}
    judged = [
        json.loads(line)["query"]
        for line in (ROOT / "data/sample/judged.jsonl").read_text("utf-8").splitlines()
    ]
    assert not met & set(map(normalise, judged))
    for name in ("psearch", "xepqa", "query_category/dev"):
        assert not met & queries_of((DATA / name).glob("queries.*.jsonl"))


def test_the_recipe_for_a_shop_reads_and_begins_with_the_shipped_adapter() -> None:
    recipe = read_recipe(ROOT / "recipes/own.toml")
    assert recipe.start == "shipped"
    assert {task.kind for task in recipe.tasks} == {"follow", "relevance", "answer"}
