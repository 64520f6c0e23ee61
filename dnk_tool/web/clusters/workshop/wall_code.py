"""The page on which somebody types a code that stands on a wall: of a workshop's room, or of a poll."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from dnk_tool.store.tables.clusters import Cluster, Room
from dnk_tool.store.tables.exchange.polls import PollRow
from dnk_tool.web.http.transactions import is_safe
from dnk_tool.web.text.form_errors import form_errors
from dnk_tool.web.text.form_fields import LineField


class WallCodeForm(FlaskForm):
    """The code on the wall."""

    code = LineField(longest=40)


@dataclass(frozen=True, slots=True)
class WallCodePage:
    """The page of a room or a poll with its words in `template`.

    `name`: of the blueprint that takes the code (`enter`) and shows what it opens (`ask`); `find`: what has
    the code that somebody typed.
    """

    template: str
    name: str
    find: Callable[[str], tuple[Room | PollRow, Cluster] | None]

    def take(self, wrong: str) -> ResponseReturnValue:
        """Take a code. `wrong`: what to do about one that nothing has."""
        form = WallCodeForm(formdata=None if is_safe() else request.form)
        if is_safe() or not form.validate():
            return self._page(form), 200 if is_safe() else 422
        found = self.find(form.code.data or "")
        if found:
            return redirect(url_for(f"{self.name}.ask", code=found[0].code), 303)
        form.code.errors = [wrong]
        return self._page(form), 422

    def refuse(self, wrong: str) -> ResponseReturnValue:
        """The answer to an address with a code that nothing has."""
        form = WallCodeForm(formdata=None)
        form.code.errors = [wrong]
        return self._page(form), 404

    def _page(self, form: WallCodeForm) -> str:
        action = url_for(f"{self.name}.enter")
        return render_template(self.template, form=form, errors=form_errors(form), action=action)
