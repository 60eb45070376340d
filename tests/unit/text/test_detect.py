"""Laws of language identification: odds, not guesses; and silence where nothing tells."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman.text.detect import detect
from dragoman.text.langmodel import pieces, shipped

# What shoppers type, written for this test; none of it is in the data the model learned from.
QUERIES = {
    "ar": ["حذاء رياضي للنساء", "سماعات بلوتوث لاسلكية"],
    "bg": ["дамски зимни ботуши", "безжични слушалки за тренировка"],
    "bn": ["মেয়েদের জুতা"],
    "cs": ["běžecké boty pro ženy", "bezdrátová sluchátka s potlačením hluku"],
    "da": ["vandtæt jakke til børn", "løbesko til kvinder i grå"],
    "de": ["wasserdichte Jacke für Kinder", "kabellose Kopfhörer schwarz"],
    "el": ["γυναικεία παπούτσια"],
    "en": ["waterproof jacket for kids", "wireless noise cancelling headphones"],
    "es": ["zapatillas de correr para mujer", "auriculares inalámbricos con micrófono"],
    "fa": ["کفش ورزشی زنانه", "گوشی بی‌سیم با میکروفون"],
    "fi": ["lasten vedenpitävä takki", "langattomat kuulokkeet"],
    "fr": ["veste imperméable pour enfant", "écouteurs sans fil noirs"],
    "he": ["נעלי ריצה לנשים"],
    "hi": ["महिलाओं के जूते"],
    "hu": ["női vízálló kabát", "vezeték nélküli fejhallgató"],
    "id": ["sepatu lari wanita murah", "jaket anti air untuk anak"],
    "it": ["giacca impermeabile da bambino", "cuffie senza fili nere"],
    "ja": ["防水ジャケット 子供用", "ワイヤレスイヤホン"],
    "ko": ["여성 운동화", "무선 이어폰"],
    "nb": ["vanntett jakke til barn", "trådløse hodetelefoner med støydemping"],
    "nl": ["waterdichte jas voor kinderen", "draadloze koptelefoon zwart"],
    "pl": ["damskie buty do biegania", "słuchawki bezprzewodowe z mikrofonem"],
    "pt": ["tênis de corrida feminino", "fones de ouvido sem fio"],
    "ro": ["pantofi de alergare pentru femei", "căști fără fir negre"],
    "ru": ["женские кроссовки для бега", "беспроводные наушники"],
    "sv": ["vattentät jacka för barn", "trådlösa hörlurar med brusreducering"],
    "ta": ["பெண்கள் காலணிகள்"],
    "th": ["รองเท้าวิ่งผู้หญิง"],
    "tr": ["kadın koşu ayakkabısı", "kablosuz kulaklık"],
    "uk": ["жіночі кросівки для бігу", "бездротові навушники"],
    "ur": ["خواتین کے لیے جوتے", "بچوں کی گھڑی"],
    "vi": ["giày chạy bộ nữ", "tai nghe không dây"],
    "zh": ["无线蓝牙耳机", "女士跑步鞋"],
}


@pytest.mark.parametrize(("lang", "query"), [(lang, q) for lang, found in QUERIES.items() for q in found])
def test_a_plain_query_is_known_for_its_language(lang: str, query: str) -> None:
    assert next(iter(detect(query))) == lang


@settings(deadline=None)  # the first text loads tables
@given(st.text())
def test_odds_sum_to_one_and_come_likeliest_first(text: str) -> None:
    odds = list(detect(text).values())
    assert not odds or sum(odds) == pytest.approx(1)
    assert odds == sorted(odds, reverse=True)


@pytest.mark.parametrize(
    "text",
    ["", "   ", "12345", "WR30X10061", "wr30-x10061", "RTX 4090", "rtx4090", "🙂👍🏽", "Nike", "NIKE",
     "Samsung", "Louis Vuitton", "iPhone 15 Pro Max", "USB HDMI", "500ml", "10x20", "—…!?", "\u202e",
     "x"],
)  # fmt: skip
def test_brands_codes_and_signs_say_nothing(text: str) -> None:
    assert detect(text) == {}


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("nike 跑步鞋", "zh"),
        ("iPhone 15 ケース", "ja"),
        ("iPhone15手机壳", "zh"),
        ("samsung galaxy 케이스", "ko"),
        ("USB кабель для зарядки", "ru"),
        ("чохол для iPhone 15", "uk"),
        ("Nike Schuhe für Herren", "de"),
        ("電気毛布 洗える", "ja"),
        ("ＮＩＫＥ　シューズ", "ja"),
        ("سماعات Bluetooth", "ar"),
        ("नाइके shoes जूते", "hi"),
    ],
)
def test_mixed_scripts_are_known_by_the_telling_one(text: str, lang: str) -> None:
    assert next(iter(detect(text))) == lang


def test_two_languages_in_one_query_share_the_odds() -> None:
    odds = detect("wireless headphones 耳机")
    assert {"en", "zh"} <= odds.keys()
    assert min(odds["en"], odds["zh"]) > 0.1


@settings(deadline=None)  # the first text loads tables
@given(st.text(), st.lists(st.sampled_from(["de", "pt-BR", "zh-TW", "ja", "sk"]), min_size=1))
def test_the_answer_is_among_the_tags_asked_for(text: str, among: list[str]) -> None:
    assert detect(text, among=among).keys() <= set(among)


@pytest.mark.parametrize(
    ("text", "among", "tag"),
    [
        ("無線藍牙耳機", ["zh-Hans", "zh-Hant", "ja"], "zh-Hant"),
        ("无线蓝牙耳机", ["zh-CN", "zh-TW"], "zh-CN"),
        ("无线蓝牙耳机", ["en", "zh-TW"], "zh-TW"),
        ("無線藍牙耳機", ["en", "zh"], "zh"),
        ("fones de ouvido sem fio", ["pt-BR", "es"], "pt-BR"),
        ("trådløse hodetelefoner", ["no", "sv"], "no"),
    ],
)
def test_answers_use_the_tags_asked_for(text: str, among: list[str], tag: str) -> None:
    assert next(iter(detect(text, among=among))) == tag


def test_nothing_is_said_when_no_candidate_is_written_so() -> None:
    assert detect("беспроводные наушники", among=["de", "en"]) == {}


@pytest.mark.parametrize("lang", ["da", "de", "nb", "nl", "sv"])
def test_a_prior_decides_between_languages_that_share_a_word(lang: str) -> None:
    among = ["da", "de", "nb", "nl", "sv"]
    assert next(iter(detect("adapter", among=among, prior={lang: 0.85}))) == lang


def test_a_prior_gives_way_to_plain_evidence() -> None:
    assert next(iter(detect("wasserdichte Jacke für Kinder", prior={"en": 0.85}))) == "de"
    assert next(iter(detect("無線藍牙耳機", prior={"en-US": 0.85}))) == "zh"


def test_an_even_prior_changes_nothing() -> None:
    among = ["de", "en", "fr"]
    plain, even = (
        detect("lampe", among=among),
        detect("lampe", among=among, prior=dict.fromkeys(among, 1 / 3)),
    )
    assert even == pytest.approx(plain)


def test_a_prior_may_name_a_region() -> None:
    odds = detect("adapter", among=["pt", "sv"], prior={"sv-FI": 0.9})
    assert next(iter(odds)) == "sv"


@pytest.mark.parametrize("group", ["latin", "cyrillic", "arabic", "han"])
def test_every_piece_has_a_row(group: str) -> None:
    table = shipped()[group]
    rows = pieces(["headphones", "für", "кабель", "耳机", "x"], table.bits)
    assert rows.min() >= 0
    assert rows.max() < len(table.weights)
    assert table.weights.shape == (2**table.bits, len(table.langs))


def test_pieces_of_words_are_counted_one_by_one() -> None:
    # " ab " has 4 + 3 + 2 + 1 pieces; a word of four letters adds itself.
    assert len(pieces(["ab"], 18)) == 10
    assert len(pieces(["abcd"], 18)) == 6 + 5 + 4 + 3 + 2 + 1
