"""What is true: answers, completeness, quantities, states and permissions as pure functions."""
