"""The nouns carry other catalogues: twenty sights of a travel guide, found in any language and shown in it.

A sight is a `Product` without offers; city, country and dates are facts, and facts make facets.
"""

from pathlib import Path

from dragoman import Query, Settings, open_guide

WISHES = (
    ("rosafarbene Stadt im Felsen", "de"),
    ("池に映る金色のお寺", "ja"),
    ("гробница из белого мрамора", "ru"),
    ("قلعة الحكايات في جبال الألب", "ar"),
    ("islas de piedra en agua verde", "es"),
)


def main() -> None:
    """Load the sights, ask for five, and count them by country."""
    guide = open_guide(Settings(shop="runs/examples/travel"))
    guide.ingest([Path(__file__).with_name("travel.jsonl")])
    for words, lang in WISHES:
        found = guide.search(Query(words, langs=(lang,), k=1), facets=("fact:Country",))
        best = found.hits[0]
        place = ", ".join(fact.value for fact in best.product.facts if fact.name in {"Place", "Country"})
        print(f"{words}  →  {best.shown.value} ({best.shown.lang}): {place}")
    (countries,) = found.facets
    print({count.value: count.count for count in countries.counts})
    guide.close()


if __name__ == "__main__":
    main()
