"""A tab of a real browser, with the steps that every state knows."""

from urllib.parse import urlsplit

from playwright.sync_api import FilePayload, Locator, Page

from tests.e2e.driving import field
from tests.support.pages.state import ChosenFile


class BrowserTab:
    """A page of one person, who waits for each answer."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path

    def visit(self, path: str) -> None:
        self.page.goto(path)

    def other(self) -> "BrowserTab":
        page = self.page.context.new_page()
        page.goto(self.page.url)
        return BrowserTab(page)

    def fill(self, label: str, text: str, *, group: str = "") -> None:
        self._labelled(label, group=group).first.fill(text)

    def fill_field(self, name: str, text: str) -> None:
        field(self.page, name).fill(text)

    def replace(self, name: str, value: str) -> None:
        hidden = self.page.locator(f"main [name={name}]").first
        hidden.evaluate("(field, value) => { field.value = value; }", value)

    def tick(self, label: str, *, number: int = 0) -> None:
        self._labelled(label).nth(number).check()

    def choose(self, label: str, option: str) -> None:
        self._labelled(label).first.select_option(option)

    def upload(self, file: ChosenFile, *, label: str = "") -> None:
        given: FilePayload = {"name": file.name, "mimeType": file.kind, "buffer": file.content}
        chosen = self._labelled(label) if label else self.page.locator("input[type=file]")
        chosen.first.set_input_files([given])

    def unfold(self, summary: str) -> None:
        self.page.locator("summary").filter(has_text=summary).first.click()

    def press(self, button: str) -> None:
        self._click(self._called("button", button))

    def press_value(self, beginning: str) -> None:
        self._click(self.page.locator(f"button[value^='{beginning}']"))

    def follow(self, link: str) -> None:
        self._click(self._called("link", link))

    def sees(self, text: str) -> bool:
        return self.page.get_by_text(text).count() > 0

    def has_button(self, button: str) -> bool:
        return self._called("button", button).count() > 0

    def has_field(self, label: str, *, group: str = "") -> bool:
        return self._labelled(label, group=group).count() > 0

    def download(self, path: str) -> bytes:
        return self.page.request.get(path).body()

    def send(self, path: str, fields: dict[str, str]) -> None:
        token = self.page.locator("input[name=csrf_token]").first.input_value()
        self.page.request.post(path, form=fields | {"csrf_token": token})

    def forget_session(self) -> None:
        self.page.context.clear_cookies()

    def aim_form(self, form: str, path: str) -> None:
        aim = "(form, path) => { form.action = path; }"
        self.page.locator(f"#{form}").evaluate(aim, path)

    def _click(self, it: Locator) -> None:
        """The heading of the answer may be that of the page before."""
        with self.page.expect_navigation():
            it.first.click()

    def _labelled(self, label: str, *, group: str = "") -> Locator:
        among = self.page.get_by_role("group", name=group, exact=True) if group else self.page
        whole = among.get_by_label(label, exact=True)
        return whole if whole.count() else among.get_by_label(label)

    def _called(self, role: str, name: str) -> Locator:
        """Those of that name, or else those whose name has it as a part."""
        whole = self.page.get_by_role(role, name=name, exact=True)  # type: ignore[arg-type]
        return whole if whole.count() else self.page.get_by_role(role, name=name)  # type: ignore[arg-type]
