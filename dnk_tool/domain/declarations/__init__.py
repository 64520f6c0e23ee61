"""A declaration as one document: its file format, states, comparison, redaction for readers."""
