"""Judge: does a model find all that was expected in the answer?"""

from __future__ import annotations

from eval.scorers.judged import judged

JUDGE_COMPLETE = judged("complete")
"""Mean of the votes on whether the answer tells all that the case expects, in whatever words."""
