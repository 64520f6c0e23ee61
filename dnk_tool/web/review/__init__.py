"""The review: queue, declaration, sections with verdicts and remarks, and the decision."""
