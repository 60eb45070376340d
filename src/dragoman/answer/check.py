"""Refuses questions that cannot be answered as asked, before any work is done."""

from dragoman.answer.compare import MOST
from dragoman.errors import BadInput, TooLarge
from dragoman.types import Query

LONGEST = 2000  # characters, as a search's
MOST_ABOUT = 10  # products that one question may be about; to be compared: four


def check(query: Query) -> None:
    """Raise for a question that is too long or about too many products.

    Raises:
        TooLarge: longer than 2,000 characters.
        BadInput: about more than ten products, or about one of them twice.
    """
    if len(query.text) > LONGEST:
        raise TooLarge(f"a question of {len(query.text)} characters", hint=f"at most {LONGEST}")
    if len(query.about) > MOST_ABOUT:
        hint = f"ask about at most {MOST_ABOUT}; two to {MOST} can be compared"
        raise BadInput(f"a question about {len(query.about)} products", hint=hint)
    if len(set(query.about)) < len(query.about):
        raise BadInput("a question about the same product twice", hint="name each product once")


def check_comparison(query: Query) -> None:
    """Raise for a comparison of more products than fit beside each other.

    Raises:
        BadInput: more than four.
    """
    if len(query.about) > MOST:
        raise BadInput(f"a comparison of {len(query.about)} products", hint=f"compare two to {MOST}")
