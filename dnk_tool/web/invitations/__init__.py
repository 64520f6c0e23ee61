"""Secret links by mail: what they open, who opens them, and pages for links that ended."""
