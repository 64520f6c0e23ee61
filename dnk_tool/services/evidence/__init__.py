"""Evidence files: adds, describes, removes and lists them, and checks them against the blob store."""
