"""The rules of the product as pure functions: answers, completeness, quantities, states and permissions."""
