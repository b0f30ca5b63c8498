"""What lets a sentence be read alone, and a question of several parts be answered in full."""
