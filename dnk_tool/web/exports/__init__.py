"""Files to take away: responses, PDFs that are being rendered, and the page that offers them."""
