"""What was recorded with an answer, its replay, and answers that a change affects."""
