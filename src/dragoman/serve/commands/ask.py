"""`dragoman ask`: a question about one product, some, or the whole shop."""

import click
from pydantic import ValidationError
from tqdm import tqdm

from dragoman.guide import open_guide
from dragoman.serve.answers import AskedQuestion, answer_view, question_of
from dragoman.serve.asked import refused
from dragoman.serve.commands.printing import clip, say_json, say_table
from dragoman.serve.shown import Reader
from dragoman.settings import Configured
from dragoman.types import Answer


@click.command("ask")
@click.argument("question", required=False, default="")
@click.option("--product", "about", multiple=True, help="Id of the product it is about; repeat to compare.")
@click.option("--lang", "langs", multiple=True, help="Language you read; empty: that of the question.")
@click.option("--market", default="", help="Country you buy in, like DE.")
@click.option("--translate", is_flag=True, help="Put translations beside quotes in other languages.")
@click.option("--prepare", is_flag=True, help="Encode all pages beforehand, so that no first question waits.")
@click.option("--json", "as_json", is_flag=True, help="Print the body of POST /v1/answer.")
@click.pass_obj
def ask_question(configured: Configured, /, question: str, as_json: bool, **options: str) -> None:
    """Answer QUESTION, in any language, from what the shop's pages say, or say that they do not."""
    if options["prepare"]:
        _prepare(configured)
        if not question:
            return
    try:
        asked = AskedQuestion(
            question=question,
            about=list(options["about"]),
            langs=list(options["langs"]),
            market=options["market"],
            translate=bool(options["translate"]),
        )
    except ValidationError as error:
        raise refused(error.errors()) from error
    query = question_of(asked)
    guide = open_guide(configured.settings)
    try:
        made = guide.answer(query, is_translated=asked.translate)
    finally:
        guide.close()
    if as_json:
        say_json(answer_view(made, Reader(query.langs or (made.lang,), query.market)))
    else:
        _say(made)


def _prepare(configured: Configured) -> None:
    guide = open_guide(configured.settings)
    try:
        with tqdm(total=guide.count(), unit="page", disable=None) as bar:

            def tell(done: int, _: int) -> None:
                bar.update(done - bar.n)

            pages = guide.prepare_answers(tell)
    finally:
        guide.close()
    click.echo(f"{pages} pages are ready to be asked", err=True)


def _say(made: Answer) -> None:
    click.echo(made.text)
    cited = [("", one) for one in made.citations] + [("against", one) for one in made.against]
    rows = [
        (
            side or one.passage.kind,
            one.passage.product,
            one.passage.text.lang,
            f"{one.score:.2f}",
            clip(one.translation.value if one.translation else one.quote, 90),
        )
        for side, one in cited
    ]
    if rows:
        click.echo("")
        say_table(("from", "product", "lang", "score", "quote"), rows)
    if made.declined:
        click.echo(f"declined: {made.declined}", err=True)
    if made.removed:
        click.echo(f"cut by the verifier: {len(made.removed)}", err=True)
