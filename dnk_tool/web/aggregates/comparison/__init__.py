"""A company's own figures over the years, beside the middle values of its group."""
