"""Pages that take in a list of people, fuel cards or waste, and show what it comes to."""
