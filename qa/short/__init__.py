"""Short answers: the few words of a sentence that say what was asked."""
