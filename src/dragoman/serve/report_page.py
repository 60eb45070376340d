"""Writes the owner's report as one HTML page: no script, nothing fetched, a table beside each plot."""

from collections.abc import Callable, Iterable, Sequence
from html import escape

from dragoman.measure.shop_groups import ENOUGH, Group, Rate
from dragoman.measure.shop_report import ShopReport
from dragoman.measure.shop_searches import Asked, Searched
from dragoman.serve.plots import Bar, bars
from dragoman.serve.report_frame import document, foreign, plain, rated, section, table
from dragoman.serve.report_words import NOTHING, Words
from dragoman.serve.reports import ArmLine, OwnersReport

_PLOTTED = 12  # bars of a plot; the table holds all


def report_page(report: OwnersReport, words: Words, *, title: str, links: str = "") -> str:
    """Return the page of a report.

    Args:
        title: Name of the shop.
        links: Markup between the title and the report; see `day_links`.
    """
    shop = report.shop
    parts = [
        _head(shop, words),
        *(_group_section(*one, shop, words) for one in _group_tables(shop, words)),
        _demand(shop, words),
        _searches(shop.searches, words),
        _breadth(shop, words),
        _leaders(shop, words),
        _experiments(report.experiments, words),
    ]
    return document(title, words, links + "".join(parts))


def empty_page(words: Words, *, title: str, links: str = "") -> str:
    """Return the page of a period in which nothing happened."""
    return document(title, words, f"{links}<p>{escape(words.t('empty'))}</p>")


def day_links(words: Words, days: int, choices: Sequence[int] = (7, 28)) -> str:
    """Return links to the report of other periods, the present one marked."""
    links = [
        f'<a href="?days={n}&amp;lang={words.lang}"{" aria-current=page" if n == days else ""}>'
        f"{escape(words.t('days', n=words.number(n)))}</a>"
        for n in choices
    ]
    return f'<nav aria-label="{escape(words.t("period"))}">{"".join(links)}</nav>'


def _head(shop: ShopReport, words: Words) -> str:
    first, last = words.day(shop.since), words.day(shop.until)
    figures = [
        ("shoppers", shop.shoppers),
        ("events", shop.events),
        ("searches", shop.searches.searches),
        ("products", shop.breadth.products),
    ]
    figures += [("anonymous", shop.anonymous)] if shop.anonymous else []
    tiles = "".join(
        f"<div><dt>{escape(words.t(key))}</dt><dd>{words.number(n)}</dd></div>" for key, n in figures
    )
    notes = [words.t(f"from_{shop.source}"), words.t("bars"), words.t("privacy", n=words.number(ENOUGH))]
    told = "".join(f"<li>{escape(note)}</li>" for note in notes)
    period = first if first == last else f"{first} – {last}"
    return (
        f'<p class="period">{escape(period)}</p><dl class="tiles">{tiles}</dl><ul class="notes">{told}</ul>'
    )


_GroupTable = tuple[str, str, Callable[[str], str], Sequence[Group]]


def _group_tables(shop: ShopReport, words: Words) -> list[_GroupTable]:
    return [
        ("by_market", "market", words.market, shop.markets),
        ("by_lang", "language", words.language, shop.langs),
        ("by_product_lang", "language", words.language, shop.product_langs),
        ("by_seller", "seller_size", words.size, shop.sellers),
    ]


def _group_section(
    heading: str,
    column: str,
    name: Callable[[str], str],
    groups: Sequence[Group],
    shop: ShopReport,
    words: Words,
) -> str:
    if not groups:
        return section(heading, words, f"<p>{escape(words.t('few'))}</p>")
    has_catalogue = groups[0].catalogue is not None
    plots = [_plot("seen", [(name(one.key), one.exposure, one.catalogue) for one in groups], words)]
    clicked = [(name(one.key), one.clicked, None) for one in groups if one.clicked.n]
    bought = [(name(one.key), one.bought, None) for one in groups if one.bought.n]
    plots += [_plot("clicked", clicked, words)] if clicked else []
    plots += [_plot("bought", bought, words)] if bought else []
    head = [
        column,
        "shoppers",
        "seen",
        *(["catalogue"] if has_catalogue else []),
        "clicked",
        "carted",
        "bought",
    ]
    rows = [
        [
            escape(name(one.key)),
            plain(words.number(one.shoppers)),
            rated(one.exposure, words),
            *([plain(words.percent(one.catalogue))] if one.catalogue is not None else []),
            *(rated(each, words) for each in (one.clicked, one.carted, one.bought)),
        ]
        for one in groups
    ]
    return section(
        heading, words, f'<div class="plots">{"".join(plots)}</div>{table(heading, head, rows, words)}'
    )


def _plot(key: str, rows: Sequence[tuple[str, Rate, float | None]], words: Words) -> str:
    drawn = [
        Bar(label, rate.interval, words.percent(rate.interval.mean), mark)
        for label, rate, mark in rows[:_PLOTTED]
    ]
    legend = ""
    if any(mark is not None for _, _, mark in rows):
        legend = f'<span class="key">{escape(words.t("catalogue"))}</span>'
    caption = f"<figcaption>{escape(words.t(key))} {legend}</figcaption>"
    return f"<figure>{caption}{bars(words.t(key), drawn, direction=words.dir)}</figure>"


def _demand(shop: ShopReport, words: Words) -> str:
    if not shop.demand:
        return section("demand", words, f"<p>{escape(words.t('few'))}</p>")
    unserved = [words.language(one.lang) for one in shop.demand if one.is_served is False]
    said = words.t("unserved", langs=" · ".join(unserved)) if unserved else words.t("all_served")
    plot = _plot("shoppers", [(words.language(one.lang), one.share, None) for one in shop.demand], words)
    served = {True: words.t("yes"), False: words.t("no"), None: NOTHING}
    rows = [
        [
            escape(words.language(one.lang)),
            plain(words.number(one.shoppers)),
            plain(words.number(one.searches)),
            rated(one.empty, words),
            plain(NOTHING if one.is_served is None else words.number(one.products)),
            f"<strong>{escape(served[one.is_served])}</strong>"
            if one.is_served is False
            else escape(served[one.is_served]),
        ]
        for one in shop.demand
    ]
    head = ["language", "shoppers", "searches", "no_results", "products_in_it", "served"]
    kind = "warning" if unserved else "good"
    body = f'<p class="{kind}">{escape(said)}</p><div class="plots">{plot}</div>'
    return section("demand", words, body + table("demand", head, rows, words))


def _searches(found: Searched, words: Words) -> str:
    if not found.searches:
        return section("queries", words, f"<p>{escape(words.t('no_searches'))}</p>")
    both = [("no_results", found.empty), ("opened", found.followed)]
    plot = _plot("queries", [(words.t(key), rate, None) for key, rate in both if rate.n], words)
    body = f'<div class="plots">{plot}</div>'
    tiles = "".join(
        f"<div><dt>{escape(words.t(key))}</dt><dd>{rated(rate, words)}</dd></div>" for key, rate in both
    )
    body += f'<dl class="tiles">{tiles}</dl>'
    body += _queries("query", found.top, words)
    if found.without_results:
        body += f"<h3>{escape(words.t('without_results'))}</h3>"
        body += _queries("without_results", found.without_results, words)
    if found.rare:
        said = words.t("rare", n=words.number(ENOUGH), count=words.number(found.rare))
        body += f'<p class="notes">{escape(said)}</p>'
    return section("queries", words, body)


def _queries(caption: str, asked: Iterable[Asked], words: Words) -> str:
    rows = [
        [
            foreign(one.query, one.lang),
            escape(words.language(one.lang)),
            plain(words.number(one.searches)),
            plain(words.number(one.shoppers)),
            rated(one.empty, words),
            rated(one.followed, words),
        ]
        for one in asked
    ]
    head = ["query", "language", "times", "shoppers", "no_results", "opened"]
    return table(caption, head, rows, words) if rows else ""


def _breadth(shop: ShopReport, words: Words) -> str:
    one = shop.breadth
    rows = [
        (
            "coverage",
            words.percent(one.coverage),
            f"{words.number(one.exposed)} / {words.number(one.products)}",
        ),
        ("gini", words.number(one.gini, 2), words.t("gini_about")),
        ("entropy", words.number(one.entropy, 1), words.t("entropy_about", most=words.number(one.most, 1))),
        ("novelty", words.number(one.novelty, 1), words.t("novelty_about")),
    ]
    figures = "".join(
        f"<div><dt>{escape(words.t(key))}</dt><dd>{plain(value)}</dd><dd>{escape(about)}</dd></div>"
        for key, value, about in rows
    )
    return section(
        "breadth", words, f'<p>{escape(words.t("breadth_about"))}</p><dl class="tiles">{figures}</dl>'
    )


def _leaders(shop: ShopReport, words: Words) -> str:
    rows = [
        [
            f"{foreign(one.title.value, one.title.lang)}<small><code>{escape(one.product)}</code></small>",
            *(plain(words.number(n)) for n in (one.shoppers, one.carts, one.buys)),
        ]
        for one in shop.products
    ]
    if not rows:
        return section("top_products", words, f"<p>{escape(words.t('few'))}</p>")
    head = ["product", "shoppers", "carted", "bought"]
    return section("top_products", words, table("top_products", head, rows, words))


def _experiments(lines: Sequence[ArmLine], words: Words) -> str:
    if not lines:
        return ""
    rows = [
        [
            escape(one.experiment),
            escape(one.arm),
            plain(words.number(one.shoppers)),
            rated(one.clicked, words),
            rated(one.bought, words),
        ]
        for one in lines
    ]
    plot = _plot("bought", [(f"{one.experiment}: {one.arm}", one.bought, None) for one in lines], words)
    head = ["experiment", "arm", "shoppers", "clicked", "bought"]
    body = f'<div class="plots">{plot}</div>{table("experiments", head, rows, words)}'
    return section("experiments", words, body)
