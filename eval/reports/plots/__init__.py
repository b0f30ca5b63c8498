"""Plots: small drawings in SVG that need no library and no network."""
