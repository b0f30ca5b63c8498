"""Documents on their way in: read in child processes, recorded, and given their vectors."""
