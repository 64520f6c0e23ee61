"""Has every page of the demo checked by the Nu HTML checker, and the main ones by Lighthouse."""
