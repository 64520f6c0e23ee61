"""Lists of people, fuel cards and waste: columns, cells, and the sums that become lines of calculators."""
