"""pydyf: `PDF.write` makes the bytes of an object twice.

The identifier is made of the bytes of all objects, which were written before: every stream is compressed
twice. A running hash in `write_line` would do.

Expected:
    made 1 times
Seen:
    made 2 times
"""

import io

import pydyf


class Counting(pydyf.Stream):
    """A stream that counts how often its bytes are made."""

    made = 0

    @property
    def data(self) -> bytes:
        Counting.made += 1
        return super().data


pdf = pydyf.PDF()
pdf.add_object(Counting([b"x"], compress=True))
pdf.write(io.BytesIO(), identifier=b"x", compress=True)
print("made", Counting.made, "times")
