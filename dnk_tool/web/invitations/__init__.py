"""Secret links by mail: what they open, who opens them, and what is said of a link that ended."""
