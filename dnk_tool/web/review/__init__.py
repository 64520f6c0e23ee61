"""The review: the queue, one declaration with its criteria, verdicts and remarks, and the decision."""
