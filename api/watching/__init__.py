"""Folders and feeds that are watched: what is new in them goes into the record by itself."""
