"""Laws of the verb: who translates, what is refused, what is remembered, what is said of it."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from dragoman.errors import BadInput, TooLarge, Unavailable
from dragoman.testing.encoders import HashEncoder
from dragoman.testing.word_translators import HostileTranslator, WordTranslator
from dragoman.translate import Desk, glossary, is_translated, quality_of, shipped_quality, translate
from dragoman.translate.guards import trouble_with
from dragoman.translate.quality import EngineQuality, Map, PairQuality
from dragoman.translate.terms import term_for, term_langs
from dragoman.types import Lang, Text, Translation

GERMAN = {"red": "rot", "shoe": "Schuh", "shoes": "Schuhe", "the": "die", "are": "sind", "good": "gut"}
FRENCH = {"rot": "rouge", "schuh": "chaussure", "red": "rouge", "shoe": "chaussure"}
SURE = EngineQuality("words-1", 0.5, is_shown=True, alone=Map(3.0), checked=Map(3.0))
UNSURE = replace(SURE, alone=Map(-3.0), checked=Map(-3.0))


def desk(quality: EngineQuality = SURE, **more: object) -> Desk:
    words = WordTranslator({("en", "de"): GERMAN, ("de", "en"): {"rot": "red"}, ("en", "fr"): FRENCH})
    known = replace(shipped_quality(), engines={"words-1": quality, "default": quality}, digest=str(quality))
    return Desk(words, quality=known, **more)  # type: ignore[arg-type]  # fields by name


def said(value: str, lang: Lang, target: Lang, at: Desk | None = None) -> Translation:
    [made] = translate([Text(value, lang)], target, desk=at or desk())
    return made


def test_a_translation_says_who_made_it_from_what_and_how_sure_it_is() -> None:
    made = said("red shoe", "en", "de")
    assert made.text == Text("rot Schuh", "de", "machine")
    assert made.original == Text("red shoe", "en")
    assert made.engine == "words-1"
    assert 0.9 < made.confidence < 1.0


def test_below_the_floor_the_original_is_shown_in_its_own_language() -> None:
    made = said("red shoe", "en", "de", desk(UNSURE))
    assert made.text == Text("red shoe", "en")
    assert not is_translated(made)
    assert made.confidence < 0.5


def test_a_pair_that_is_off_is_not_shown_however_sure() -> None:
    off = PairQuality("en", "de", "words-1", is_shown=False, floor=0.5, chrf=12.0, n=300)
    assert not is_translated(said("red shoe", "en", "de", desk(replace(SURE, pairs={"en>de": off}))))


def test_a_text_in_the_reader_s_language_is_left_alone() -> None:
    made = said("roter Schuh", "de", "de-AT")
    assert made.text == made.original
    assert made.confidence == 1.0
    assert made.engine == ""


@pytest.mark.parametrize("text", ["", "  ", "12 345", "🎧🎧", "!!!", "€ 5"])
def test_where_there_are_no_words_there_is_nothing_to_do(text: str) -> None:
    assert said(text, "en", "de").text == Text(text, "en")


@pytest.mark.parametrize("text", ["RTX 4090", "https://shop.example/a", "AB-12", "Nike"])
def test_names_and_codes_alone_stay(text: str) -> None:
    assert said(text, "en", "de").text.value == text


def test_an_unknown_language_is_told_from_the_words() -> None:
    words = WordTranslator({("ru", "de"): {"красный": "roter", "ботинок": "Schuh"}})
    [made] = translate([Text("красный ботинок", "und")], "de", desk=replace(desk(), translator=words))
    assert made.original.lang == "ru"
    assert made.text.value == "roter Schuh"


def test_exact_terms_come_before_the_translator() -> None:
    made = said("Home & Garden", "en", "de")
    assert (made.text.value, made.engine, made.text.source) == ("Heim & Garten", "terms", "machine")


def test_a_shop_s_own_words_come_before_everything() -> None:
    own = desk(
        glossary=glossary([("Home & Garden", "en", "Haus und Hof", "de"), ("shoe", "en", "Sneaker", "de")])
    )
    assert said("home & garden", "en-US", "de", own).text == Text("Haus und Hof", "de", "human")
    assert said("red shoe", "en", "de", own).text.value == "rot Sneaker"
    assert said("red shoes", "en", "de", own).text.value == "rot Schuhe"


def test_other_words_of_the_shop_make_other_translations() -> None:
    memory = desk().memory
    first = said("red shoe", "en", "de", desk(memory=memory))
    own = desk(memory=memory, glossary=glossary([("shoe", "en", "Sneaker", "de")]))
    assert said("red shoe", "en", "de", own).text.value != first.text.value


def test_chinese_is_turned_into_the_other_script_by_rule() -> None:
    made = said("户外吊床", "zh-Hans", "zh-TW")
    assert (made.text.value, made.engine) == ("戶外吊床", "icu")


def test_a_pair_that_is_missing_goes_by_way_of_english() -> None:
    assert said("rot", "de", "fr", desk()).text.value == "rouge"


def test_a_pair_that_cannot_be_reached_leaves_the_original() -> None:
    made = said("краснеющий", "ru", "de")
    assert not is_translated(made)
    assert made.confidence == 0.0


def test_without_a_translator_terms_still_work() -> None:
    assert said("Home & Garden", "en", "ja", Desk()).text.value == "ホーム・ガーデン"
    assert not is_translated(said("a very red thing", "en", "ja", Desk()))


def test_the_same_text_is_translated_once() -> None:
    at = desk()
    assert isinstance(at.translator, WordTranslator)
    first = said("red shoe", "en", "de", at)
    asked = list(at.translator.asked)
    assert said("red shoe", "en", "de", at) == first
    assert at.translator.asked == asked


def test_another_translator_s_memory_is_not_believed() -> None:
    at = desk()
    said("red shoe", "en", "de", at)
    other = WordTranslator({("en", "de"): {"red": "purpurn"}}, name="words-2")
    assert said("red shoe", "en", "de", replace(at, translator=other)).text.value == "purpurn shoe"


def test_equal_texts_of_one_call_are_asked_once() -> None:
    at = desk()
    assert isinstance(at.translator, WordTranslator)
    made = translate([Text("good shoe", "en")] * 5, "de", desk=at)
    assert len(set(made)) == 1
    assert at.translator.asked == ["good shoe"]


def test_each_text_keeps_its_own_names() -> None:
    texts = [Text("Red shoe", "en"), Text("Red shoe", "en")]
    made = translate(texts, "de", desk=desk(), keep=[("Red",), ()])
    assert [one.text.value for one in made] == ["Red Schuh", "rot Schuh"]


def test_a_sentence_in_the_reader_s_own_script_inside_another_text_is_told_apart() -> None:
    words = WordTranslator({("zh", "en"): {"好": "good", "红鞋": "red shoe"}})
    [made] = translate(
        [Text("红鞋。Works with any phone!", "zh")],
        "en",
        desk=replace(desk(), translator=words),
        is_floored=False,
    )
    assert made.text.value.endswith("Works with any phone!")


class Down:
    """A translator whose server is gone."""

    name = "down"

    def pairs(self) -> frozenset[tuple[Lang, Lang]]:
        return frozenset()

    def translate(self, texts: Sequence[str], source: Lang, target: Lang) -> list[Translation]:
        raise Unavailable("nobody answers")


class Short(Down):
    """A translator that answers fewer texts than it was asked."""

    def translate(self, texts: Sequence[str], source: Lang, target: Lang) -> list[Translation]:
        return []


@pytest.mark.parametrize("translator", [Down(), Short()])
def test_a_translator_that_fails_is_named_and_nothing_is_remembered(translator: Down) -> None:
    at = replace(desk(), translator=translator)
    with pytest.raises(Unavailable):
        said("red shoe", "en", "de", at)
    assert said("red shoe", "en", "de", replace(at, translator=desk().translator)).text.value == "rot Schuh"


def test_broken_requests_say_what_is_wrong() -> None:
    with pytest.raises(BadInput):
        translate([Text("a", "en")], "not a language!", desk=desk())
    with pytest.raises(BadInput):
        translate([Text("a", "en")], "de", desk=desk(), keep=[(), ()])
    with pytest.raises(TooLarge):
        translate([Text("a" * 60_000, "en")], "de", desk=desk())


def test_a_very_long_text_is_translated_piece_by_piece() -> None:
    made = said("The shoes are good. " * 500, "en", "de")
    assert made.text.value.count("die Schuhe sind gut.") == 500


@pytest.mark.parametrize("seed", range(8))
def test_a_hostile_translator_is_never_sure(seed: int) -> None:
    cautious = replace(SURE, alone=Map(1.0, {"pieces": -4.0}))
    at = replace(desk(cautious), translator=HostileTranslator(seed=seed))
    made = translate([Text("the red shoes <b>are</b> good 12 times, AB-1", "en")] * 3, "ru", desk=at)
    assert all("script" not in one.text.value for one in made)


def test_the_vectors_tell_a_near_translation_from_a_far_one() -> None:
    near = replace(SURE, checked=Map(-6.0, {"cosine": 12.0}))
    words = WordTranslator({("en", "nl"): {"water": "water", "glass": "glas", "shoe": "iets", "this": "dit"}})
    at = replace(desk(near), translator=words)
    [close, far] = translate(
        [Text("this water glass", "en"), Text("this shoe", "en")],
        "nl",
        desk=at,
        encoder=HashEncoder(),
        is_floored=False,
    )
    assert close.confidence > far.confidence


@pytest.mark.parametrize(
    ("source", "output", "target", "trouble"),
    [
        ("red shoe", "", "de", "empty"),
        ("red shoe", "...", "de", "empty"),
        ("red shoe", "красный ботинок", "de", "language"),
        ("red shoe", "rot", "ar", "language"),
        ("a red shoe", "Schuh Schuh Schuh Schuh Schuh Schuh Schuh Schuh Schuh", "de", "loop"),
        ("红鞋", "好好好好好好好好好好好好好好好好好好好好好好好好好好好好", "ja", "loop"),
        ("red", "ein roter Schuh mit sehr vielen Worten, die niemand je bestellt hat", "de", "length"),
        ("a red shoe with laces", "a red shoe with laces", "de", "echo"),
        ("a red shoe with laces", "ein roter Schuh mit Senkeln", "de", ""),
        ("防水ハイキングシューズ", "waterproof hiking shoes", "en", ""),
        ("kettle", "чайник", "ru", ""),
    ],
)
def test_what_went_wrong_is_seen_at_first_sight(source: str, output: str, target: str, trouble: str) -> None:
    assert trouble_with(source, output, target) == trouble


def test_every_language_of_the_tables_has_the_same_concepts() -> None:
    assert len(term_langs()) == 25
    for lang in term_langs():
        assert lang == "en" or term_for("Home & Garden", "en", lang)


@pytest.mark.parametrize(
    ("text", "target", "name"),
    [
        ("Cotton", "de", "Baumwolle"),
        ("Cotton", "ja", "コットン"),
        ("Red", "zh-TW", "紅"),
        ("Red", "zh-CN", "红色"),  # the taxonomy has a wine here
        ("White", "vi", "Màu trắng"),
        ("Red", "ru", "Красный"),
        ("Cotton", "ar", "قطن"),
        ("Home & Garden > Kitchen & Dining", "hi", "घर और बगीचा > किचन और डाइनिंग"),
        ("Paintball Gun Hoppers", "id", ""),
        ("Cotton > Red", "fr", "Coton > Rouge"),
    ],
)
def test_terms_have_their_names(text: str, target: str, name: str) -> None:
    assert term_for(text, "en", target) == name


def test_quality_is_data() -> None:
    held = {
        "floor": 0.6,
        "shown": False,
        "alone": {"intercept": 0, "weights": {}},
        "checked": {"intercept": 0, "weights": {}},
    }
    held |= {"pairs": {"en>de": {"shown": True, "chrf": 61.0, "n": 200}}}
    known = quality_of({"engines": {"default": held}, "lengths": {}})
    assert known.of("stranger").of("en", "de") == PairQuality("en", "de", "default", True, 0.6, 61.0, 200)
    assert not known.of("stranger").of("en", "fr").is_shown
