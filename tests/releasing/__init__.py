"""Makes and checks what is released: the list of parts, the look at known holes, the signed files."""
