"""The review as the company sees it: state, remarks and answers."""
