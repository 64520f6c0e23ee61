"""Flask-Security: whoever installs wheels alone cannot install it.

Flask-Principal has had no release since June 2013 and is on the index as sources alone, so `pip install
--only-binary :all: flask-security` finds none. Flask-Security uses two of its signals and asks it whether
a set of roles holds another one (`decorators.py`, `core.py`, `utils.py`). Comparing sets there would do,
with Flask-Principal as an extra for those who listen to its signals.

Expected:
    0 names asked for
Seen:
    9 names asked for
"""

import ast
from pathlib import Path

import flask_security

asked = {
    name.name
    for file in Path(flask_security.__file__).parent.glob("*.py")
    for node in ast.walk(ast.parse(file.read_text("utf-8")))
    if isinstance(node, ast.ImportFrom) and node.module == "flask_principal"
    for name in node.names
}
print(len(asked), "names asked for")
