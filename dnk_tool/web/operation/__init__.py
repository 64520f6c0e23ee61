"""The operator's pages: how the installation is doing, its clusters, companies and people."""
