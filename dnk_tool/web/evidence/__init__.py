"""Evidence: files behind what a declaration says, uploaded, described, handed out, and removed."""
