"""What a language model of queries spells with: byte-pair pieces, learned so that no language drowns."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, TypeAlias

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from dragoman.models.language import Letters
from dragoman.suggest.typed import START
from dragoman.types import Lang

Spaced: TypeAlias = Literal["always", "first"]

BYTES = tuple(f"<0x{byte:02X}>" for byte in range(256))


def learn_letters(
    texts: Mapping[Lang, Sequence[str]], every: Mapping[Lang, Sequence[str]], *, size: int, alphabet: int
) -> Letters:
    """Return pieces learned from texts by language (Sennrich et al. 2016), and who uses which.

    A piece never goes over a space. A character outside the alphabet is spelled in the bytes of UTF-8, so
    that every text can be spelled.

    Args:
        texts: As typed (`dragoman.suggest.typed`), of each language as many as shall count.
        every: The texts that say which language writes with which piece.
        size: Pieces in all; the end, the languages and the 256 bytes are among them.
        alphabet: Characters that are pieces, the commonest ones.
    """
    langs = ("und", *sorted(texts))
    names = ["</s>", *(f"<{lang}>" for lang in langs), *BYTES]
    written = byte_pairs(texts, names, size=size, alphabet=alphabet)
    return Letters(written, langs, _used(Tokenizer.from_str(written), every, langs))


def byte_pairs(
    texts: Mapping[Lang, Sequence[str]],
    names: Sequence[str],
    *,
    size: int,
    alphabet: int,
    spaced: Spaced = "always",
    unknown: str | None = None,
    apart: str = "",
) -> str:
    """Return a tokenizer.json of byte-pair pieces (Sennrich et al. 2016) whose first ids are ``names``.

    The names are no tokens of a text: a shopper who types "<de>" has typed four characters.

    Args:
        spaced: Whether each word, or only the first, gets the mark of a space before it.
        unknown: The name of what cannot be spelled, where there is one.
        apart: Characters that are never part of a piece.
    """
    tokenizer = Tokenizer(models.BPE(byte_fallback=True, unk_token=unknown))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme=spaced, split=True)
    tokenizer.decoder = decoders.Sequence(
        [decoders.ByteFallback(), decoders.Metaspace(prepend_scheme=spaced), decoders.Fuse()]
    )
    # The trainer itself would choose among equally common characters by chance.
    counts = Counter(char for some in texts.values() for text in some for char in text)
    for char in f" {apart}":
        counts.pop(char, None)
    common = [char for char, _ in sorted(counts.items(), key=lambda one: (-one[1], one[0]))[: alphabet - 1]]
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        limit_alphabet=len(common) + 1,
        initial_alphabet=[START, *common],
        special_tokens=list(names),
        show_progress=False,
        min_frequency=2,
    )
    # One language after the other: the same texts in the same order learn the same pieces.
    tokenizer.train_from_iterator([text for lang in sorted(texts) for text in texts[lang]], trainer)
    tree = json.loads(tokenizer.to_str())
    tree["added_tokens"] = []
    return json.dumps(tree, ensure_ascii=False)


def _used(
    tokenizer: Tokenizer, texts: Mapping[Lang, Sequence[str]], langs: Sequence[Lang]
) -> tuple[int, ...]:
    """Per id, a bit for each language whose texts have it; bit 0, of no language in particular, for any."""
    used = [0] * tokenizer.get_vocab_size()
    for lang, some in texts.items():
        bit = 1 << langs.index(lang) | 1
        for i in _ids(tokenizer, some):
            used[i] |= bit
    return tuple(used)


def _ids(tokenizer: Tokenizer, texts: Sequence[str]) -> Iterator[int]:
    for found in tokenizer.encode_batch_fast(list(texts)):
        yield from found.ids
