"""Statistics: numbers with the uncertainty that a small suite has. Nothing here knows of cases."""
