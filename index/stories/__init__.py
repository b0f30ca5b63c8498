"""Which documents are copies of one text: signatures propose, and the words decide."""
