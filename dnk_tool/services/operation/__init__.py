"""What an operator sees and decides: how the installation stands, its texts, the end of companies and clusters."""
