"""Reports: what runs and comparisons showed, for a terminal, a page, a pull request or a CI."""
