"""The review: verdicts, remarks, remark templates, and the state of a round."""
