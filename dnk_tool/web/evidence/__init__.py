"""Evidence: uploading, describing, assigning, downloading and removing files."""
