"""Runs: every case of a suite asked, every answer scored, and all of it in one file."""
