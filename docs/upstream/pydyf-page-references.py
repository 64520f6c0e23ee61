"""pydyf: `PDF.page_references` is made anew each time it is asked.

WeasyPrint asks once for each tag and link, so that twice as many pages take four times as long. A list that
`add_page` appends to would do.

Expected:
    1 made for 100 questions
Seen:
    100 made for 100 questions
"""

import pydyf

pdf = pydyf.PDF()
pdf.add_page(pydyf.Dictionary({"Type": "/Page"}))
answers = [pdf.page_references for _ in range(100)]
print(len({id(answer) for answer in answers}), "made for 100 questions")
