"""The numbers of a release, by kind: sums, rates, middle values, and sums over two years."""
