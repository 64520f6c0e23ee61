"""Encrypts and decrypts backups with the program `age`, which the machine must have."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO, cast

PROGRAM = "age"
FIRST_BYTES = b"age-encryption.org/"


class AgeMissing(Exception):
    """The program `age` is not installed."""


class AgeFailed(Exception):
    """The program `age` refused; the message is its own."""


class IdentityNeeded(Exception):
    """The file is encrypted, and no identity was given to decrypt it with."""


@contextmanager
def encrypted(target: BinaryIO, recipient: str) -> Iterator[BinaryIO]:
    """A stream whose bytes reach the target encrypted for the recipient; as they are without a recipient.

    Raises AgeMissing, and AgeFailed such as for something that is no recipient.
    """
    if not recipient:
        yield target
        return
    # With "--recipient=" in one word nothing that a recipient begins with is an option.
    with _age(["--encrypt", f"--recipient={recipient}"], stdin=subprocess.PIPE, stdout=target) as process:
        stream = cast(BinaryIO, process.stdin)
        try:
            yield stream
            stream.close()
        except BrokenPipeError:
            raise AgeFailed(_complaint(process)) from None
        if process.wait():
            raise AgeFailed(_complaint(process))


@contextmanager
def decrypted(file: Path, identity: Path | None) -> Iterator[IO[bytes]]:
    """The content of the file, decrypted if it is encrypted.

    Raises IdentityNeeded, AgeMissing and AgeFailed, the last also at the end, for a file that was changed.
    """
    with file.open("rb", buffering=0) as source:  # what age reads begins where this ends
        is_encrypted = source.read(len(FIRST_BYTES)) == FIRST_BYTES
        source.seek(0)
        if not is_encrypted:
            with file.open("rb") as plain:
                yield plain
            return
        if identity is None:
            raise IdentityNeeded
        arguments = ["--decrypt", f"--identity={identity}"]
        with _age(arguments, stdin=source, stdout=subprocess.PIPE) as process:
            stream = cast(IO[bytes], process.stdout)
            try:
                yield stream
            except Exception:
                # What age says explains better than the half of a file that came before.
                if not stream.read(1) and process.wait():
                    raise AgeFailed(_complaint(process)) from None
                raise
            while stream.read(1 << 20):
                pass
            if process.wait():
                raise AgeFailed(_complaint(process))


@contextmanager
def _age(
    arguments: list[str], *, stdin: IO[bytes] | int, stdout: IO[bytes] | int
) -> Iterator["subprocess.Popen[bytes]"]:
    program = shutil.which(PROGRAM)
    if program is None:
        raise AgeMissing
    environment = {"PATH": os.environ.get("PATH", ""), "HOME": os.environ.get("HOME", "/")}
    process = subprocess.Popen(  # noqa: S603 -- no shell; each argument begins with an option of ours
        [program, *arguments], stdin=stdin, stdout=stdout, stderr=subprocess.PIPE, env=environment
    )
    try:
        yield process
    finally:
        process.kill()
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream:
                try:
                    stream.close()
                except BrokenPipeError:
                    continue
        process.wait()


def _complaint(process: "subprocess.Popen[bytes]") -> str:
    process.kill()
    words = process.stderr.read(2000).decode("utf-8", "replace") if process.stderr else ""
    lines = [line for line in words.splitlines() if line.startswith("age: error:")]
    return lines[0].removeprefix("age: error:").strip() if lines else "age ended without a word"
