"""Changes tested on real impressions: assignments, A/B, interleaving, bandits, off-policy estimates.

Pure statistics over events: knows no engine and no model.
"""
