"""How well a tower in training carries meaning across languages, on concepts it never met."""

import random
from collections.abc import Sequence

import torch

from dragoman.learn.concepts import Concept
from dragoman.models.tower import Tower

_CONCEPTS = 300
_LANGS = ("zh", "ja", "ko", "ar", "hi", "ru", "de", "es", "fr", "pt", "th")


def found_first(tower: Tower, held: Sequence[Concept], *, seed: int) -> dict[str, float]:
    """Return by language the share of texts nearest to their own English among 300 concepts, 0..1."""
    unique = {concept["en"][0].lower(): concept for concept in held}
    rng = random.Random(seed)
    chosen = rng.sample([unique[key] for key in sorted(unique)], min(_CONCEPTS, len(unique)))
    with torch.no_grad():
        english = tower.encode([concept["en"][0] for concept in chosen], "passage")
        found: dict[str, float] = {}
        for lang in _LANGS:
            rows = [i for i, concept in enumerate(chosen) if lang in concept]
            if rows:
                asked = tower.encode([chosen[i][lang][0] for i in rows], "query")
                nearest = (asked @ english.T).argmax(dim=1)
                found[lang] = round(float((nearest == torch.tensor(rows)).float().mean()), 4)
    return found
