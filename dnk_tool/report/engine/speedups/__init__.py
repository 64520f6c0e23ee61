"""Makes renders faster and changes no byte of them. May be deleted as a whole: the engine then goes without.

`registry.install` applies what fits the installed libraries; `registry.faster` holds for one render.
"""

LEFT_OUT: set[str] = set()  # names of speed-ups that this process does without: for the bench
