"""Pagination of long lists."""

from dataclasses import dataclass

from flask import request, url_for

from dnk_tool.web.http.input.numbers import whole_number

PAGE_SIZE = 100


@dataclass(frozen=True)
class Pagination:
    """One page of a list, counted from 1. `parameter`: its name in the address."""

    parameter: str
    number: int
    last: int
    total: int
    size: int = PAGE_SIZE

    @property
    def offset(self) -> int:
        """Number of entries before this page."""
        return (self.number - 1) * self.size

    @property
    def before(self) -> str:
        """The address of the previous page; "" on the first."""
        return self._address(self.number - 1) if self.number > 1 else ""

    @property
    def after(self) -> str:
        """The address of the next page; "" on the last."""
        return self._address(self.number + 1) if self.number < self.last else ""

    def _address(self, number: int) -> str:
        kept = {name: value for name, value in request.args.items() if name != self.parameter}
        parameters = {**(request.view_args or {}), **kept, self.parameter: number}
        return url_for(str(request.endpoint), _anchor=self.parameter, **parameters)


def paginate(total: int, parameter: str, *, size: int = PAGE_SIZE) -> Pagination:
    """The requested page of a list with `total` entries, `size` on each."""
    last = max(1, -(-total // size))
    number = whole_number(request.args.get(parameter), digits=6) or 1
    return Pagination(parameter, min(number, last), last, total, size)
