"""PDFs on order: the queue, the rendering, and the cache of finished files."""
