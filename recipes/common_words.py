"""Writes the words that running text writes small, a file a language: any other word may be a name.

    python recipes/common_words.py ../shared/data/shopify_taxonomy/wide.tsv.gz

From data/parallel (licences there) and Shopify's taxonomy (MIT): every word of letters that occurs with a
small first letter, in German any. Only languages with capitals and few endings.
"""

import gzip
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from dragoman.learn.phrases import read_phrases
from dragoman.text.normalise import normalise

REPO = Path(__file__).parents[1]
OUT = REPO / "src/dragoman/extract/data/common"
LANGS = ("da", "de", "en", "es", "fr", "id", "it", "nb", "nl", "pt", "sv", "vi")
FILES = ("sentences", "queries", "queries-more", "gettext", "messages", "cldr")
WORD = re.compile(r"[^\W\d_]{2,}")
SURE = 2  # times a word must be met, unless it is a term


def texts(taxonomy: Path) -> Iterator[tuple[str, str, int]]:
    """Yield language, text and how much it counts."""
    terms = (taxonomy, REPO / "data/parallel/nouns.jsonl.gz")
    for path in (*terms, *(REPO / f"data/parallel/{name}.jsonl.gz" for name in FILES)):
        for phrase in read_phrases(path):
            for lang, text in phrase.items():
                yield lang, text, SURE if path in terms else 1


def main(taxonomy: Path) -> None:
    """Write the lists."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for lang, text, worth in texts(taxonomy):
        if lang not in LANGS:
            continue
        # A term begins with a capital whatever it is; so does a sentence.
        is_term = worth == SURE
        for found in WORD.finditer(text):
            word = found[0]
            if lang == "de" or is_term or word[0].islower():
                counts[lang][normalise(word)] += worth
    OUT.mkdir(exist_ok=True)
    for lang, held in sorted(counts.items()):
        kept = sorted(word for word, count in held.items() if count >= SURE)
        with gzip.GzipFile(OUT / f"{lang}.txt.gz", "wb", mtime=0) as out:
            out.write("\n".join(kept).encode())
        print(lang, len(kept), (OUT / f"{lang}.txt.gz").stat().st_size)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
