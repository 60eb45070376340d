"""Rebuilds the table of compound parts: ``python bench/compounds.py > src/dragoman/text/data/compounds.tsv``.

A part is a word of the Shopify taxonomy that also builds longer words of it, at least three times, in the
same language. Needs the taxonomy (DRAGOMAN_DATA, default ../shared/data).
"""

import gzip
import os
import re
from collections import Counter, defaultdict
from pathlib import Path

from dragoman.text.compounds import LINKS, SHORTEST_COMPOUND, SHORTEST_PART
from dragoman.text.normalise import normalise

_TAXONOMY = Path(os.environ.get("DRAGOMAN_DATA", "../shared/data"), "shopify_taxonomy/wide.tsv.gz")
_USES = 3
_HEAD = """# Words, normalised, of which Germanic languages and Finnish build others. Columns: word, langs.
# From the Shopify product taxonomy (MIT, Copyright (c) Shopify), by bench/compounds.py."""


def words_by_lang() -> dict[str, set[str]]:
    """Return every word of the taxonomy's names, by language."""
    found: dict[str, set[str]] = defaultdict(set)
    with gzip.open(_TAXONOMY, "rt", encoding="utf-8") as lines:
        header = next(lines).rstrip("\n").split("\t")
        for line in lines:
            row = dict(zip(header, line.rstrip("\n").split("\t"), strict=True))
            for lang in LINKS:
                found[lang].update(re.findall("[a-z]+", normalise(row[lang])))
    return found


def used_parts(words: set[str], links: tuple[str, ...]) -> set[str]:
    """Return the words that stand at least ``_USES`` times within a longer word that another completes."""
    known = {word for word in words if len(word) >= SHORTEST_PART}
    uses: Counter[str] = Counter()
    for word in known:
        for i in range(SHORTEST_PART, len(word) if len(word) >= SHORTEST_COMPOUND else 0):
            if word[:i] in known:
                tails = [word[i + len(link) :] for link in links if word.startswith(link, i)]
                for tail in known.intersection(tails):
                    uses[word[:i]] += 1
                    uses[tail] += 1
    return {word for word, count in uses.items() if count >= _USES}


def main() -> None:
    """Print the table."""
    langs: dict[str, list[str]] = defaultdict(list)
    for lang, words in words_by_lang().items():
        for word in used_parts(words, LINKS[lang]):
            langs[word].append(lang)
    print(_HEAD)
    for word in sorted(langs):
        print(f"{word}\t{','.join(sorted(langs[word]))}")


if __name__ == "__main__":
    main()
