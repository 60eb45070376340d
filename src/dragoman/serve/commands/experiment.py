"""`dragoman experiment`: what the shoppers of each arm did, and whether that is chance."""

import math
import time
from dataclasses import asdict

import click

from dragoman.errors import NotFound
from dragoman.experiment import Difference
from dragoman.experiment.summary import Summary, summary
from dragoman.opening import open_journal, trials_of
from dragoman.serve.commands.printing import say_json, say_table
from dragoman.settings import Configured

_DAY_S = 86_400.0


@click.command("experiment")
@click.argument("name")
@click.option("--days", type=click.FloatRange(min=0, min_open=True), help="Only so many days back.")
@click.option("--anytime", is_flag=True, help="Intervals that hold however often you look.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@click.pass_obj
def judge_experiment(
    configured: Configured, /, name: str, days: float | None, anytime: bool, as_json: bool
) -> None:
    """Compare the arms of the experiment NAME of the settings, on the shop's journal."""
    trials = {trial.experiment.name: trial.experiment for trial in trials_of(configured.settings)}
    if name not in trials:
        known = ", ".join(sorted(trials)) or "none; describe one under the setting `experiments`"
        raise NotFound(f"no experiment {name!r}", hint=f"the settings hold: {known}")
    now = time.time()
    journal = open_journal(configured.settings)
    try:
        events = list(journal.events(now - days * _DAY_S if days else 0.0, math.inf))
    finally:
        journal.close()
    found = summary(events, trials[name], horizon="anytime" if anytime else "fixed")
    if as_json:
        say_json(summary_view(found))
    else:
        _say(found)


def summary_view(found: Summary) -> dict[str, object]:
    """Return an experiment so far as one JSON object."""
    return {
        "name": found.name,
        "arms": [asdict(arm) for arm in found.arms],
        "ctr": {arm: asdict(gap) for arm, gap in found.ctr.items()},
        "conversion": {arm: asdict(gap) for arm, gap in found.conversion.items()},
        "split_p": found.split,
        "is_sound": found.is_sound,
        "torn": found.torn,
        "alarms": [asdict(alarm) | {"arm": arm} for arm, alarm in found.alarms],
    }


def _say(found: Summary) -> None:
    rows = [
        (
            arm.name,
            str(arm.shoppers),
            str(arm.shows),
            f"{arm.ctr:.2%}",
            _gap(found.ctr.get(arm.name)),
            f"{arm.conversion:.2%}",
            _gap(found.conversion.get(arm.name)),
        )
        for arm in found.arms
    ]
    say_table(("arm", "shoppers", "shows", "clicks a show", "more", "purchases a shopper", "more"), rows)
    if not found.is_sound:
        click.echo(
            f"the split is broken (p = {found.split:.1e}): mend it, and believe no figure above", err=True
        )
    if found.torn:
        click.echo(f"{found.torn} shoppers were seen in two arms and left out", err=True)
    for arm, alarm in found.alarms:
        where = f" in {alarm.where}" if alarm.where else ""
        click.echo(f"{arm}: {alarm.guard}{where} {alarm.value:+.4f}, allowed {alarm.limit:+.4f}", err=True)


def _gap(gap: Difference | None) -> str:
    """A difference in hundredths, with its interval and a star where it is clear."""
    if gap is None:
        return ""
    star = " *" if gap.is_clear else ""
    return f"{100 * gap.estimate:+.2f} [{100 * gap.low:+.2f}, {100 * gap.high:+.2f}]{star}"
