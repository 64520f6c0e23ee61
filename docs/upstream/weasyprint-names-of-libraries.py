"""WeasyPrint: names that are no library start a compiler.

On Linux `libpango-1.0.so.0` and its like can be opened at once. Names of other systems come first, such as
`pango-1.0-0`, and for each cffi runs `ldconfig` and, where there is one, `gcc`. The names of the system
that it runs on first would do. To be run in a fresh process.

Expected:
    asked for pango-1.0-0: False
Seen:
    asked for pango-1.0-0: True
"""

import ctypes.util

asked, find = [], ctypes.util.find_library
ctypes.util.find_library = lambda name: (asked.append(name), find(name))[1]
import weasyprint  # noqa: E402, F401

print("asked for pango-1.0-0:", "pango-1.0-0" in asked)
