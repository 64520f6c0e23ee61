"""Speed-ups of the PDF engine. Output is the same without them."""
