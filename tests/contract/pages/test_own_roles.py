"""What the HTML checker is not asked: roles that an element has anyway. All others it judges."""

import pytest

from tests.pages.__main__ import OPENING_TAG, without_own_role


@pytest.mark.parametrize(
    ("tag", "checked"),
    [
        (b'<th scope="row" role="rowheader" colspan="2">', b'<th scope="row" colspan="2">'),
        (b'<th scope="colgroup" role="columnheader">', b'<th scope="colgroup">'),
        (b'<tr class="a" role="row"><td role="cell">', b'<tr class="a"><td>'),
        (b'<ol class="a" role="list">', b'<ol class="a">'),
        (b'<th scope="col" role="rowheader">', None),
        (b'<td role="button">', None),
        (b'<table role="presentation">', None),
    ],
)
def test_only_a_role_that_repeats_is_left_out(tag: bytes, checked: bytes | None) -> None:
    assert OPENING_TAG.sub(without_own_role, tag) == (checked or tag)
