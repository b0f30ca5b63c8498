"""How good the answers are, and whether a change is better."""
