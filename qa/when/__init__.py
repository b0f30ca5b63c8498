"""Time in questions and sentences, and answers in order of time."""
