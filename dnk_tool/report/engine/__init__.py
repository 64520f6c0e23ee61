"""The PDF engine: WeasyPrint, what its output lacks for PDF/UA and PDF/A, and its speed-ups."""
