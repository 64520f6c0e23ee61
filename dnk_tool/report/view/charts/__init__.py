"""Charts: which ones an indicator has, their numbers, and their drawing as SVG."""
