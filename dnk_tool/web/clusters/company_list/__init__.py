"""A list of companies to invite: uploaded, checked row by row, then sent."""
