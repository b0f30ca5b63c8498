"""The parts of the check of a statement against its quotations; see ``qa.grounding``."""
