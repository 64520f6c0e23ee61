"""Pages about sums over members: a cluster's releases, its goal and report, a member's comparison."""
