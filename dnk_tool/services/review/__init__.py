"""The review of a submitted version: verdicts, remarks, reusable remarks, and the present round."""
