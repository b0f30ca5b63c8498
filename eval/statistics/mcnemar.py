"""McNemar's test: did more cases go from wrong to right than from right to wrong?"""

from __future__ import annotations


def mcnemar(improved: int, worsened: int) -> float:
    """Return the exact two-sided p-value.

    Cases that both runs got right, or both wrong, say nothing about which is better; of the others
    each is a fair coin if the runs are alike. Q. McNemar, "Note on the sampling error of the
    difference between correlated proportions or percentages", Psychometrika 12 (1947) 153-157;
    exact by the binomial distribution instead of his chi-squared approximation.

    Args:
        improved: cases wrong in the first run and right in the second.
        worsened: cases right in the first run and wrong in the second.
    """
    from scipy.stats import binomtest

    if not improved + worsened:
        return 1.0
    return float(binomtest(improved, improved + worsened).pvalue)
