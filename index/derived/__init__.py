"""What is made from the record and can be made again: indexes that follow its log of changes."""
