"""A declaration as a whole: settings, overview, final check, sign-off, the year after."""
