"""The command line: each command parses, makes one call, prints.

Results go to stdout, everything else to stderr. Exit 0 done, 1 our fault, 2 yours, 3 try again.
"""

import logging
import sys

import click
import orjson

from dragoman.errors import DragomanError
from dragoman.serve.commands.ask import ask_question
from dragoman.serve.commands.compress import compress_encoder
from dragoman.serve.commands.evaluate import evaluate
from dragoman.serve.commands.evaluate_answer import evaluate_answer
from dragoman.serve.commands.evaluate_extraction import evaluate_extraction
from dragoman.serve.commands.evaluate_recommend import evaluate_recommend
from dragoman.serve.commands.evaluate_translation import evaluate_translation
from dragoman.serve.commands.experiment import judge_experiment
from dragoman.serve.commands.extract import extract_facts
from dragoman.serve.commands.feed import ingest_feeds, remove_products
from dragoman.serve.commands.find import list_products, search_products
from dragoman.serve.commands.house import doctor, print_settings
from dragoman.serve.commands.learn_related import learn_related
from dragoman.serve.commands.report import report_shop
from dragoman.serve.commands.run_server import serve
from dragoman.serve.commands.shopper import forget_shopper, read_events, recommend_products, show_profile
from dragoman.serve.commands.suggest import suggest_queries
from dragoman.serve.commands.train import train_recipe
from dragoman.serve.commands.translate import translate_texts
from dragoman.serve.problems import exit_code_of, problem
from dragoman.settings import Configured, configure

FLAGS = ("home", "shop", "encoder", "index", "adapter", "writer")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--config", default="", help="TOML file of settings (default: dragoman.toml, if it is here).")
@click.option("--shop", help="Folder of the shop's index.")
@click.option("--home", help="Where model folders and cached vectors are kept.")
@click.option("--encoder", help='Encoder backend: a name, or JSON {"use": "http", "url": "…"}.')
@click.option("--index", help='Index backend: a name, or JSON {"use": "cluster", "url": "…"}.')
@click.option("--adapter", help="LoRA adapter merged into the encoder: a folder, shipped or none.")
@click.option("--writer", help="Language model that completes queries: a folder, shipped or none.")
@click.version_option(package_name="dragoman")
@click.pass_context
def dragoman(context: click.Context, /, config: str, **flags: str | None) -> None:
    """The multilingual shopping guide: any language in, the right products out."""
    configured = configure(config, {name: flags.get(name) for name in FLAGS})
    context.obj = configured
    is_quiet = configured.origins["log_level"] == "default" and context.invoked_subcommand != "serve"
    level = "WARNING" if is_quiet else configured.settings.log_level
    # The one place that sets up logging; libraries only ever name their loggers.
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s %(message)s", force=True)
    for chatty in ("httpx", "httpcore", "asyncio"):
        logging.getLogger(chatty).setLevel("WARNING")


for command in (ingest_feeds, remove_products, search_products, suggest_queries, list_products):
    dragoman.add_command(command)
for command in (serve, doctor, print_settings):
    dragoman.add_command(command)
evaluate.add_command(evaluate_translation)
evaluate.add_command(evaluate_extraction)
evaluate.add_command(evaluate_answer)
evaluate.add_command(evaluate_recommend)
dragoman.add_command(evaluate)
dragoman.add_command(translate_texts)
dragoman.add_command(ask_question)
dragoman.add_command(extract_facts)
for command in (read_events, recommend_products, show_profile, forget_shopper):
    dragoman.add_command(command)
dragoman.add_command(report_shop)
dragoman.add_command(train_recipe)
dragoman.add_command(learn_related)
dragoman.add_command(judge_experiment)
dragoman.add_command(compress_encoder)


def settings_of(context: click.Context) -> Configured:
    """Return what `dragoman` itself parsed before the command."""
    found = context.find_object(Configured)
    assert found is not None
    return found


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    try:
        dragoman.main(arguments, standalone_mode=False)
    except DragomanError as error:
        print(f"dragoman: {error.message}", file=sys.stderr)
        if error.hint:
            print(f"  → {error.hint}", file=sys.stderr)
        if "--json" in (arguments or sys.argv):
            print(orjson.dumps(problem(error)).decode())
        sys.exit(exit_code_of(error))
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        print("dragoman: stopped; what was acknowledged is kept", file=sys.stderr)
        sys.exit(3)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
