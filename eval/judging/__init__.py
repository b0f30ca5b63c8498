"""Judging: a model's opinion of an answer, beside what is measured without one."""
