"""The manager's pages about releases: what enters, what may be shown, the numbers, and their withdrawal."""
