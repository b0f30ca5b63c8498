"""Models of one's own that read two texts together: their files, and how they are run."""
