"""Makes, corrects and withdraws a cluster's releases, and sets its goals."""
