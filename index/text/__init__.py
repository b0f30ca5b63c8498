"""Text in parts: logical lines, sentences, passages, tokens, and words that were glued together."""
