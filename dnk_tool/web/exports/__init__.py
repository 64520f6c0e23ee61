"""Downloads: responses, PDFs in the render queue, and the page that offers all files."""
