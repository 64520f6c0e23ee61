"""The child process that renders: protocol, worker, client, limits."""
