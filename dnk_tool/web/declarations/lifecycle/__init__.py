"""A declaration as a whole: the next one is begun, its year is changed, it is deleted and restored."""
