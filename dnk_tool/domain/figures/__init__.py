"""Figures: their states, files of figures, sums over sites, changes between years."""
