"""What an operator sees and decides about the installation: how it stands, and its own texts."""
