"""What every request passes: sessions, access, transactions, languages, headers, limits, errors."""
