"""`dnk`, quicker for tests: with templates that another process compiled, and cheap hashes of passwords.

The first argument is the folder with the templates; the others are those of `dnk`.
"""

import sys

from argon2 import PasswordHasher
from flask import Flask
from jinja2 import FileSystemBytecodeCache

from dnk_tool.cli.main import main
from dnk_tool.services.accounts import passwords

if __name__ == "__main__":
    Flask.jinja_options = Flask.jinja_options | {"bytecode_cache": FileSystemBytecodeCache(sys.argv.pop(1))}
    passwords._HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    main()
