"""Pages of a review team: who reviews what, who keeps out, who is reading."""
