"""Commands for declarations: list, import, export, render, seal and verify."""
