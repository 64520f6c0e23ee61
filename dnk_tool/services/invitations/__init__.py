"""Secret links by mail: how they are made and accepted, and requests for contributions."""
