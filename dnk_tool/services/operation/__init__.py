"""What an operator sees and decides: the state and texts of an installation, the end of companies."""
