"""Changes tested on real impressions: assignments, A/B, interleaving, bandits, off-policy estimates.

Pure statistics over events: knows no engine and no model.
"""

from dragoman.experiment.assign import Experiment, arm_of, share_of, variant_of
from dragoman.experiment.compare import Difference, difference, sample_ratio, shoppers_needed
from dragoman.experiment.interleave import Interleaved, preference, team_draft, winner
from dragoman.experiment.outcomes import Outcomes, outcomes

__all__ = [
    "Difference",
    "Experiment",
    "Interleaved",
    "Outcomes",
    "arm_of",
    "difference",
    "outcomes",
    "preference",
    "sample_ratio",
    "share_of",
    "shoppers_needed",
    "team_draft",
    "variant_of",
    "winner",
]
