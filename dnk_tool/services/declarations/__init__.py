"""The life of a declaration: start, transitions, sign-off, submission, finish, next year."""
