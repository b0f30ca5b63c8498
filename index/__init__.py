"""What the documents say, and where: loading, splitting, embedding, the record, search."""
