"""WeasyPrint: six pseudo-elements of every element get a style and show nothing.

The rules of `html5_ua.css` begin with `*`, so that the marker of what is no entry of a list, and the calls
and markers of what is no note, are computed for each element. Of 50 pages these are a sixth of the memory.

Expected:
    none
Seen:
    footnote-call 6, footnote-marker 6, marker 6, note-call 6, note-callback 6, note-marker 6
"""

from collections import Counter

import weasyprint
from weasyprint.css import StyleFor

made, begin = [], StyleFor.__init__
StyleFor.__init__ = lambda self, *given: (begin(self, *given), made.append(self))[0]
weasyprint.HTML(string="<p>a<p>b<p>c").render()
StyleFor.__init__ = begin
counts = Counter(
    pseudo for _element, pseudo in made[0]._computed_styles if pseudo and not pseudo.startswith("@")
)
print(", ".join(f"{pseudo} {count}" for pseudo, count in sorted(counts.items())) or "none")
