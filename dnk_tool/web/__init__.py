"""HTTP: pages, forms, sessions, access. Reads through `store`, writes only through `services`."""
