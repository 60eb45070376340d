"""What training pushes down. Rows are unit vectors; every loss is a mean over the batch."""

import torch
from torch.nn.functional import cross_entropy, kl_div

_NEVER = -1e4  # a similarity that takes no part


def contrastive(
    left: torch.Tensor, right: torch.Tensor, *, same: torch.Tensor, temperature: float
) -> torch.Tensor:
    """Return the symmetric InfoNCE: row i of one side must find row i of the other (Oord et al. 2018, eq. 4).

    Args:
        left: (n, dim).
        right: (n, dim).
        same: (n, n) bool, True where two rows mean the same, so that neither is the other's negative.
        temperature: What similarities are divided by; smaller looks harder at the nearest.
    """
    rows = left.shape[0]
    scores = (left @ right.T / temperature).masked_fill(same & ~torch.eye(rows, dtype=torch.bool), _NEVER)
    wanted = torch.arange(rows)
    loss: torch.Tensor = (cross_entropy(scores, wanted) + cross_entropy(scores.T, wanted)) / 2
    return loss


def found_among(
    questions: torch.Tensor, passages: torch.Tensor, *, barred: torch.Tensor, temperature: float
) -> torch.Tensor:
    """Return InfoNCE of questions over passages: question i wants passage i; the rest are negatives.

    Args:
        questions: (n, dim).
        passages: (m, dim), m >= n; what follows the first n are hard negatives.
        barred: (n, m) bool, True where a passage answers a question whose own passage is another.
        temperature: As in `contrastive`.
    """
    scores = (questions @ passages.T / temperature).masked_fill(barred, _NEVER)
    loss: torch.Tensor = cross_entropy(scores, torch.arange(questions.shape[0]))
    return loss


def apart(rows: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Return the mean of 1 - cosine, 0..2, between (n, dim) rows and the (n, dim) they shall become.

    >>> float(apart(torch.tensor([[1.0, 0.0]]), torch.tensor([[0.0, 1.0]])))
    1.0
    """
    return (1.0 - (rows * targets).sum(dim=1)).mean()


def ranked_alike(
    rows: torch.Tensor, targets: torch.Tensor, among: torch.Tensor, *, temperature: float
) -> torch.Tensor:
    """Return how differently two encoders rank the same texts: KL divergence of softmax scores, 0 or more.

    What a retriever's student must keep is which passages are near, more than where it stands itself
    (Tejankar et al. 2021, "ISD", eq. 2, arXiv 2012.09259: here the texts compared with stand still).

    Args:
        rows: (n, dim), the student's.
        targets: (n, dim), the teacher's of the same texts.
        among: (m, dim), what both are compared with.
        temperature: As in `contrastive`.

    >>> one, two = torch.eye(2), torch.eye(2).flip(0)
    >>> alike = ranked_alike(one, one, one, temperature=1.0)
    >>> other = ranked_alike(two, one, one, temperature=1.0)
    >>> float(alike), round(float(other), 2)
    (0.0, 0.46)
    """
    mine = (rows @ among.T / temperature).log_softmax(dim=1)
    wanted = (targets @ among.T / temperature).log_softmax(dim=1)
    loss: torch.Tensor = kl_div(mine, wanted, log_target=True, reduction="batchmean")
    return loss
