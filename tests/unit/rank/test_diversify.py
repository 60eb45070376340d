"""Laws of spreading a list."""

from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman.rank.diversify import are_twins, spread
from dragoman.types import Product, Text

settings.register_profile("unhurried", deadline=None)  # the law counts, not the clock
settings.load_profile("unhurried")

PRODUCTS = st.lists(
    st.tuples(
        st.sampled_from(["red mug", "red mugs", "藍色杯子", "синяя кружка", ""]), st.sampled_from("AB")
    ),
    max_size=12,
).map(lambda rows: [_product(str(i), *row) for i, row in enumerate(rows)])


def _product(id: str, title: str, seller: str = "", brand: str = "") -> Product:
    return Product(id, (Text(title, "und"),) if title else (), seller=seller, brand=brand)


@given(PRODUCTS, st.floats(0, 1))
def test_spreading_only_reorders(products: list[Product], dial: float) -> None:
    assert sorted(spread(products, dial=dial)) == list(range(len(products)))


@given(PRODUCTS, st.floats(0, 1))
def test_the_best_stays_first(products: list[Product], dial: float) -> None:
    assert spread(products, dial=dial)[:1] == list(range(len(products)))[:1]


@given(PRODUCTS)
def test_dial_zero_keeps_the_order(products: list[Product]) -> None:
    assert spread(products, dial=0.0) == list(range(len(products)))


def test_one_seller_alone_keeps_the_order() -> None:
    products = [_product(str(i), f"thing number {i} of {i}", "only shop") for i in range(8)]
    assert spread(products, dial=1.0) == list(range(8))


def test_twins_are_moved_apart_in_every_script() -> None:
    for title in (
        "red mug with lid",
        "带盖红色马克杯",
        "кружка красная с крышкой",
        "كوب أحمر بغطاء",
        "แก้วสีแดงมีฝาปิด",
    ):
        products = [
            _product("a", title),
            _product("b", title),
            *(_product(f"c{i}", f"{i}{i} other {i}") for i in range(9)),
        ]
        assert spread(products, dial=0.3).index(1) > 5


def test_a_crowding_seller_gives_way_and_a_wanted_one_does_not() -> None:
    products = [_product(str(i), f"{i} thing {i}{i}", "big") for i in range(5)] + [
        _product("5", "last of all", "small")
    ]
    assert spread(products, dial=1.0).index(5) < 5
    assert spread(products, dial=1.0, wanted={"big"}).index(5) == 5


def test_titles_that_differ_in_the_telling_word_are_no_twins() -> None:
    assert are_twins({"usb", "cable", "2m", "black", "fast"}, {"usb", "cable", "2m", "black", "fast"})
    assert not are_twins({"usb", "cable"}, {"usb", "hub"})
    assert not are_twins(set(), set())
