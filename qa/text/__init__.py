"""What words mean, as far as rules can tell: names, figures, dates, claims and what they deny."""
