"""What a phrase translator spells with: byte-pair pieces of one language, few enough to cut compounds."""

import json
from collections import Counter
from collections.abc import Sequence

from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers

from dragoman.backends.translators.phrases.spelling import HOLE, NAMES, SPACE, hollow, lowered

_ALPHABET = 4000
_SIGNS = 3  # characters of a piece in a script of signs without spaces


def learn_spelling(texts: Sequence[str], *, size: int, spaced: bool, longest: int | None = None) -> str:
    """Return a tokenizer.json of pieces that go over no space and no sign (Sennrich et al. 2016).

    Args:
        texts: As written; numbers and capitals are taken out here.
        size: Pieces, at most.
        spaced: Whether the language has spaces between words: then a text's first word is like others.
        longest: Characters of a piece, at most.
    """
    plain = [lowered(hollow(text)[0]) for text in texts]
    tokenizer = Tokenizer(models.BPE(unk_token=NAMES[0]))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Metaspace(prepend_scheme="always" if spaced else "never", split=True),
            pre_tokenizers.Punctuation("isolated"),
            pre_tokenizers.Split(Regex(f"{SPACE}?{HOLE}"), "isolated"),
        ]
    )
    # The trainer itself would choose among equally common characters by chance.
    counts = Counter(char for text in plain for char in text if char not in f" {HOLE}")
    common = [char for char, _ in sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:_ALPHABET]]
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        min_frequency=2,
        limit_alphabet=len(common) + 2,
        initial_alphabet=[SPACE, HOLE, *common],
        special_tokens=list(NAMES),
        show_progress=False,
        max_token_length=longest,
    )
    tokenizer.train_from_iterator([*plain, f"a {HOLE} b", f"a {HOLE} b"], trainer)
    tree = json.loads(tokenizer.to_str())
    tree["added_tokens"] = []  # a shopper who types "<s>" has typed three characters
    return json.dumps(tree, ensure_ascii=False)


def longest_piece(lang: str) -> int | None:
    """Return how many characters a piece of a language has at most; None: as many as it likes.

    >>> longest_piece("zh"), longest_piece("th"), longest_piece("de")
    (3, 10, None)
    """
    if lang == "th":
        return 10
    return _SIGNS if lang.split("-")[0] in ("ja", "zh") else None
