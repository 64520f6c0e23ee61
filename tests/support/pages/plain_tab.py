"""A tab without a browser: reads a page's forms and links and sends what a browser without scripts would."""

from io import BytesIO
from typing import Any
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element

from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from tests.support.pages.markup import BUTTONS, Markup
from tests.support.pages.state import ChosenFile


class PlainTab:
    """A page of one person, in one process with the application."""

    def __init__(self, client: FlaskClient, path: str = "") -> None:
        self._client = client
        self.path, self.page = path, Markup("")
        self._files: dict[Element, ChosenFile] = {}
        if path:
            self.visit(path)

    def visit(self, path: str) -> None:
        self._read(self._client.get(path, follow_redirects=True))

    def _read(self, answer: Any) -> None:
        assert answer.mimetype == "text/html", answer
        self.path = answer.request.path
        self.html = answer.text
        self.page, self._files = Markup(self.html), {}

    @property
    def _from_here(self) -> dict[str, str]:
        return {"Referer": f"http://localhost{self.path}"}

    def other(self) -> "PlainTab":
        return PlainTab(self._client, self.path)

    def fill(self, label: str, text: str, *, group: str = "") -> None:
        _fill_field(self._labelled(label, group=group)[0], text)

    def fill_field(self, name: str, text: str) -> None:
        _fill_field(self._named(name), text)

    def replace(self, name: str, value: str) -> None:
        self._named(name).set("value", value)

    def tick(self, label: str, *, number: int = 0) -> None:
        box = self._labelled(label)[number]
        assert box.get("type") in ("radio", "checkbox"), label
        if box.get("type") == "radio":
            form = self.page.form_of(box)
            for other in self.page.all("input"):
                if other.get("name") == box.get("name") and self.page.form_of(other) is form:
                    other.attrib.pop("checked", None)
        box.set("checked", "")

    def choose(self, label: str, option: str) -> None:
        chosen = self._labelled(label)[0]
        for each in chosen.iter("option"):
            each.attrib.pop("selected", None)
        options = [it for it in chosen.iter("option") if option in (it.get("value"), self.page.text(it))]
        options[0].set("selected", "")

    def upload(self, file: ChosenFile, *, label: str = "") -> None:
        inputs = [it for it in self.page.all("input") if it.get("type") == "file"]
        self._files[self._labelled(label)[0] if label else inputs[0]] = file

    def unfold(self, summary: str) -> None:
        assert self._find(summary, self.page.all("summary"))

    def press(self, button: str) -> None:
        self._submit(self._find(button, self._buttons())[0])

    def press_value(self, beginning: str) -> None:
        pressed = (it for it in self._buttons() if it.get("value", "").startswith(beginning))
        self._submit(next(pressed))

    def follow(self, link: str) -> None:
        links = [it for it in self.page.all("a") if "href" in it.attrib]
        address = urljoin(self.path, self._find(link, links)[0].get("href", ""))
        self._read(self._client.get(address, headers=self._from_here, follow_redirects=True))

    def sees(self, text: str) -> bool:
        return text in self.page.text(self.page.root)

    def has_button(self, button: str) -> bool:
        return bool(self._find(button, self._buttons()))

    def has_field(self, label: str, *, group: str = "") -> bool:
        return bool(self._labelled(label, group=group))

    def download(self, path: str) -> bytes:
        answer = self._client.get(path)
        assert answer.status_code == 200, path
        return answer.data

    def send(self, path: str, fields: dict[str, str]) -> None:
        token = self._named("csrf_token").get("value", "")
        self._client.post(path, data=fields | {"csrf_token": token})

    def forget_session(self) -> None:
        for name in ("dnk-sign-in", "__Host-dnk-sign-in"):
            self._client.delete_cookie(name)

    def aim_form(self, form: str, path: str) -> None:
        self.page.by_id[form].set("action", path)

    # ---- What is on the page

    def _find(self, name: str, among: list[Element]) -> list[Element]:
        """Those of that name, or else those whose name has it as a part."""
        shown = [it for it in among if not self.page.is_hidden(it)]
        whole = [it for it in shown if self.page.name(it) == name]
        return whole or [it for it in shown if name.lower() in self.page.name(it).lower()]

    def _buttons(self) -> list[Element]:
        inputs = [it for it in self.page.all("input") if it.get("type") in BUTTONS]
        return [*self.page.all("button"), *inputs]

    def _labelled(self, label: str, *, group: str = "") -> list[Element]:
        fields = [it for it in self.page.all("input", "select", "textarea") if it.get("type") not in BUTTONS]
        if group:
            groups = self.page.all("fieldset") + [
                it for it in self.page.elements if it.get("role") == "group"
            ]
            within = {field for it in groups if self.page.name(it) == group for field in it.iter()}
            fields = [it for it in fields if it in within]
        return self._find(label, fields)

    def _named(self, name: str) -> Element:
        named = [it for it in self.page.all("input", "select", "textarea") if it.get("name") == name]
        return next(
            (it for it in named if "main" in {around.tag for around in self.page.around(it)}), named[0]
        )

    # ---- What a form sends

    def _submit(self, button: Element) -> None:
        form = self.page.form_of(button)
        assert form is not None, "a button without a form"
        address = urljoin(self.path, button.get("formaction") or form.get("action") or self.path)
        fields = self._fields(form, button)
        if (button.get("formmethod") or form.get("method", "get")).lower() == "get":
            sent: dict[str, Any] = {"path": urlsplit(address).path, "query_string": fields}
        else:
            sent = {"path": address, "method": "POST", "data": fields}
        self._read(self._client.open(**sent, headers=self._from_here, follow_redirects=True))

    def _fields(self, form: Element, button: Element) -> MultiDict[str, Any]:
        fields: MultiDict[str, Any] = MultiDict()
        for control in self.page.all("input", "select", "textarea", "button"):
            name = control.get("name")
            if not name or self.page.form_of(control) is not form or self._is_disabled(control):
                continue
            for value in self._values(control, button):
                fields.add(name, value)
        return fields

    def _is_disabled(self, control: Element) -> bool:
        around = (it for it in self.page.around(control) if it.tag == "fieldset")
        return any("disabled" in it.attrib for it in (control, *around))

    def _values(self, control: Element, button: Element) -> list[Any]:
        kind = control.get("type", "")
        if control.tag == "button" or kind in BUTTONS:
            return [control.get("value", "")] if control is button else []
        if control.tag == "textarea":
            return [(control.text or "").replace("\r\n", "\n").replace("\n", "\r\n")]
        if control.tag == "select":
            options = [it for it in control.iter("option") if "disabled" not in it.attrib]
            chosen = [it for it in options if "selected" in it.attrib]
            chosen = chosen or ([] if "multiple" in control.attrib else options[:1])
            return [it.get("value", self.page.text(it)) for it in chosen]
        if kind == "file":
            file = self._files.get(control)
            return [(BytesIO(file.content), file.name, file.kind)] if file else []
        if kind in ("checkbox", "radio"):
            return [control.get("value", "on")] if "checked" in control.attrib else []
        return [control.get("value", "")]


def _fill_field(field: Element, text: str) -> None:
    if field.tag == "textarea":
        field.text = text
    else:
        field.set("value", text)
