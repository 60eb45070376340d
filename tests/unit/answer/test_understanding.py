"""Laws of reading a question, of cutting a page into pieces, and of keeping their vectors."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from answer_pages import ENCODER, product, said, shop

from dragoman.answer import answering, prepare
from dragoman.answer.asking import understand_question
from dragoman.answer.evidence import sheets_of
from dragoman.answer.kept import KeptVectors, Page, pack, unpack
from dragoman.answer.passages import passages_of, pieces_of
from dragoman.ports import Role
from dragoman.testing.encoders import HashEncoder
from dragoman.text.sentences import sentences
from dragoman.types import Query, Text, Vectors

KINDS = {
    "price": {
        "en": "how much does it cost?",
        "zh": "这个多少钱？",
        "ja": "いくらですか？",
        "ko": "얼마예요?",
        "ar": "كم سعره؟",
        "hi": "इसकी कीमत क्या है?",
        "ru": "Сколько стоит?",
        "de": "Was kostet das?",
        "es": "¿Cuánto cuesta?",
        "fr": "Combien coûte-t-il ? Quel est le prix ?",
        "pt": "Quanto custa?",
        "it": "Quanto costa?",
        "th": "ราคาเท่าไหร่",
        "vi": "Giá bao nhiêu?",
        "id": "Berapa harganya?",
        "tr": "Fiyatı ne kadar?",
        "pl": "Ile kosztuje?",
    },
    "stock": {
        "en": "is it in stock?",
        "zh": "有现货吗？",
        "ja": "在庫はありますか？",
        "ko": "재고 있나요?",
        "ar": "هل هو متوفر؟",
        "hi": "क्या यह उपलब्ध है?",
        "ru": "Есть в наличии?",
        "de": "Ist es auf Lager?",
        "es": "¿Está disponible?",
        "fr": "Est-ce en stock ?",
        "pt": "Está disponível?",
        "it": "È disponibile?",
        "th": "มีของไหม",
        "vi": "Còn hàng không?",
        "id": "Apakah stoknya tersedia?",
        "tr": "Stokta var mı?",
        "pl": "Czy jest na stanie?",
    },
    "opinion": {
        "en": "what do buyers say about the size?",
        "zh": "买家对尺寸怎么说？",
        "ja": "サイズの口コミは？",
        "ko": "구매자들은 사이즈에 대해 뭐라고 하나요?",
        "ar": "ماذا يقول المشترون عن المقاس؟",
        "hi": "साइज़ के बारे में खरीदार क्या कहते हैं?",
        "ru": "Что говорят покупатели о размере?",
        "de": "Was sagen Käufer zur Größe?",
        "es": "¿Qué dicen los compradores de la talla?",
        "fr": "Que disent les acheteurs de la taille ?",
        "pt": "O que dizem os compradores do tamanho?",
        "it": "Cosa dicono gli acquirenti della taglia?",
        "th": "ผู้ซื้อพูดถึงขนาดว่าอย่างไร",
        "vi": "Người mua nói gì về kích thước?",
        "id": "Apa kata pembeli tentang ukurannya?",
        "tr": "Alıcılar ne diyor, bedeni nasıl?",
        "pl": "Co mówią kupujący o rozmiarze?",
    },
    "compare": {
        "en": "what is the difference between them?",
        "zh": "这两个有什么区别？",
        "ja": "違いは何ですか？",
        "ko": "차이가 뭐예요?",
        "ar": "ما الفرق بينهما؟",
        "hi": "इनमें क्या अंतर है?",
        "ru": "Чем отличаются?",
        "de": "Was ist der Unterschied?",
        "es": "¿Qué diferencia hay?",
        "fr": "Quelle est la différence ?",
        "pt": "Qual a diferença?",
        "it": "Che differenza c'è?",
        "th": "ต่างกันอย่างไร",
        "vi": "Khác nhau thế nào?",
        "id": "Apa bedanya?",
        "tr": "Farkı ne?",
        "pl": "Jaka jest różnica?",
    },
}
YESNO = {
    "en": "does it leak?",
    "zh": "会漏水吗？",
    "ja": "防水ですか？",
    "ko": "방수인가요?",
    "ar": "هل هو مقاوم للماء؟",
    "hi": "क्या यह वाटरप्रूफ है?",
    "ru": "Можно ли мыть?",
    "de": "Ist es dicht?",
    "es": "¿Es impermeable?",
    "fr": "Est-ce qu'il est étanche ?",
    "pt": "É à prova d'água?",
    "it": "È impermeabile?",
    "th": "กันน้ำไหม",
    "vi": "Có chống nước không?",
    "id": "Apakah tahan air?",
    "tr": "Su geçirmez mi?",
    "pl": "Czy jest wodoszczelny?",
}


@pytest.mark.parametrize(
    ("kind", "lang", "text"), [(kind, lang, text) for kind, by in KINDS.items() for lang, text in by.items()]
)
def test_the_kind_of_a_question_is_told_in_its_own_language(kind: str, lang: str, text: str) -> None:
    assert understand_question(Query(text, langs=(lang,))).kind == kind


@pytest.mark.parametrize(("lang", "text"), YESNO.items())
def test_a_question_of_yes_or_no_is_told(lang: str, text: str) -> None:
    assert understand_question(Query(text, langs=(lang,))).is_yesno


def test_the_reply_is_in_the_language_that_the_shopper_reads_not_the_questions() -> None:
    made = understand_question(Query("wie groß ist das Fahrrad?", langs=("ja",)))
    assert (made.lang, made.reply) == ("de", "ja")


def test_without_a_language_read_the_reply_is_in_the_questions() -> None:
    assert understand_question(Query("这个锅能放进烤箱吗？")).reply == "zh-Hans"


def test_model_numbers_years_and_sizes_are_named() -> None:
    assert understand_question(Query("fits a 2010 Ford F150, part WR30X10061?")).codes == {
        "2010",
        "f150",
        "wr30x10061",
    }


def test_every_kind_of_evidence_is_a_passage() -> None:
    reviews = (said("review", "good"), said("answer", "yes"))
    kinds = {one.kind for one in passages_of(product(), reviews)}
    assert kinds == {"title", "bullet", "description", "attribute", "review", "answer"}


def test_a_piece_is_verbatim_in_its_passage() -> None:
    page = (
        said(
            "review",
            "First sentence here, long enough to stand. Second one, which is long enough as well! 終わり。",
        ),
    )
    for piece in pieces_of(product(), page):
        assert piece.quote in piece.passage.text.value
        assert piece.quote == piece.quote.strip()


def test_options_of_versions_are_one_attribute() -> None:
    assert "Colour: red" in [one.text.value for one in passages_of(product())]


def test_text_that_turns_the_words_about_it_round_is_never_a_piece() -> None:
    assert not [
        one
        for one in pieces_of(product(), (said("review", "nice \u202eeerf si ti"),))
        if "\u202e" in one.quote
    ]


@pytest.mark.parametrize("lang", ["en", "zh", "ja", "th", "ar", "hi", "ru"])
def test_sentences_lose_nothing_but_space(lang: str) -> None:
    text = "It works 😀. 5.5 kg!  这很好。とても良い。ดีมาก مرحبا. नमस्ते। да\n" + "x" * 900
    cut = [text[start:end] for start, end in sentences(text, lang)]
    assert "".join("".join(cut).split()) == "".join(text.split())


def test_packed_vectors_are_near_what_they_were() -> None:
    rows = ENCODER.encode(["red shoe", "blue boot", "吊床"], "passage")
    assert np.abs(unpack(pack(rows), ENCODER.dim) - rows).max() < 0.01


class Counting(HashEncoder):
    """Counts the texts that it encodes."""

    encoded = 0

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:
        self.encoded += len(texts)
        return super().encode(texts, role)


def test_a_page_is_encoded_once_for_all_processes_until_it_changes(tmp_path: Path) -> None:
    encoder = Counting()
    page = Page("p", ("one", "two"))
    first = KeptVectors(encoder, tmp_path)
    [rows] = first.of([page])
    first.close()
    again = KeptVectors(encoder, tmp_path)
    assert (again.of([page])[0] == rows).all()
    assert encoder.encoded == 2
    again.of([Page("p", ("one", "three"))])
    assert encoder.encoded == 4
    again.close()


def test_vectors_live_in_memory_where_no_file_can_be_written(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    encoder = Counting()
    kept = KeptVectors(encoder, blocked)
    kept.of([Page("p", ("one",))])
    kept.of([Page("p", ("one",))])
    assert encoder.encoded == 1


def test_a_damaged_row_is_encoded_again(tmp_path: Path) -> None:
    encoder = Counting()
    kept = KeptVectors(encoder, tmp_path)
    kept.of([Page("p", ("one",))])
    kept.close()
    with sqlite3.connect(tmp_path / "pages.sqlite") as db:
        db.execute("UPDATE pages SET vectors = x'00'")
    db.close()
    again = KeptVectors(encoder, tmp_path)
    assert again.of([Page("p", ("one",))])[0].shape == (1, encoder.dim)
    again.close()


def test_pages_prepared_beforehand_are_encoded_once_whatever_the_market() -> None:
    encoder = Counting()
    index = shop((product(), [said("review", "it boils fast")]))
    tuning = answering(encoder)
    assert prepare(index, tuning=tuning) == 1
    tuning.weighing  # measures an unknown encoder  # noqa: B018
    before = encoder.encoded
    for market in ("DE", "JP", ""):
        sheets_of(Query("x", market=market, about=("kettle",)), index=index, find=None, tuning=tuning)
    assert encoder.encoded == before


def test_an_empty_page_has_no_vectors() -> None:
    [rows] = KeptVectors(ENCODER).of([Page("p", ())])
    assert rows.shape == (0, ENCODER.dim)


def test_titles_of_every_language_are_passages() -> None:
    one = product(title="kettle")
    both = type(one)(one.id, (*one.titles, Text("Kessel", "de")))
    assert [passage.text.lang for passage in passages_of(both)] == ["en", "de"]
