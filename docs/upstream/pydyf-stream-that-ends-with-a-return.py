r"""pydyf: a stream that ends with a carriage return has a length that is disputed.

The line break before `endstream` is no part of the content. Written as one sign, it joins a return before
it: a parser that takes both for the break counts 3, and a validator of PDF/A (ISO 19005, 6.1.7.1) refuses
one compressed stream of 256. `\r\n` as the break is the same for everybody.

Expected:
    b'<</Length 4>>\nstream\nabc\r\r\nendstream'
Seen:
    b'<</Length 4>>\nstream\nabc\r\nendstream'
"""

import pydyf

print(pydyf.Stream([b"abc\r"]).data)
