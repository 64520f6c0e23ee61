"""PDF rendering: the queue of render jobs, the rendering itself, and the cache of finished files."""
