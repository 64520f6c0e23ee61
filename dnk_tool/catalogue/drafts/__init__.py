"""What drafts of answers are made of: sentences with figures, facts to tick, examples by branch."""
