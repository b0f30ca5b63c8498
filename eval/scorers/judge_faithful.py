"""Judge: does a model find that the answer says no more than what it cites?"""

from __future__ import annotations

from eval.scorers.judged import judged

JUDGE_FAITHFUL = judged("faithful")
"""Mean of the votes on whether what is cited bears out all that the answer states."""
