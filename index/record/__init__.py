"""The record: what is kept of documents, answers, keys and jobs, in one database."""
