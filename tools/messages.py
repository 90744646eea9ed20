"""Words people see: take them up from code and templates, compile them, and check that none is missing.

    python tools/messages.py extract   write new words into src/guanxi/locale/*/LC_MESSAGES/django.po
    python tools/messages.py compile   make the .mo files that Django reads (part of `make setup`)
    python tools/messages.py check     fail when a word is missing, unused or untranslated (part of `make check`)

GNU gettext's programs are not needed: Babel reads Python, Django turns templates into something Babel can read. A word
with a plural is one entry. zh_Hant may be left to opencc: `extract` fills new zh_Hant entries from zh_Hans.
"""

import io
import re
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import polib
from babel.messages.extract import DEFAULT_KEYWORDS, extract

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "guanxi"
LOCALES = {"zh_Hans": "简体中文", "zh_Hant": "繁體中文"}
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "gettext_noop": None,
    "pgettext_lazy": ((1, "c"), 2),
    "pgettext": ((1, "c"), 2),
}
PLACEHOLDER = re.compile(r"%\((\w+)\)|\{(\w*)\}")
Key = tuple[str | None, str, str | None]
"""Context, singular, plural."""


def words() -> dict[Key, list[str]]:
    """Everything marked for translation, with the files it stands in."""
    found: dict[Key, list[str]] = {}
    for path in sorted(SOURCE.rglob("*")):
        if path.suffix not in {".py", ".html", ".txt", ".mjml"} or "tests" in path.parts or "vendor" in path.parts:
            continue
        for key in _words_of(path):
            places = found.setdefault(key, [])
            place = path.relative_to(SOURCE).as_posix()
            if place not in places:
                places.append(place)
    return found


def _words_of(path: Path) -> Iterator[Key]:
    text = path.read_text()
    if path.suffix != ".py":
        from django.utils.translation.template import templatize

        # What is not to be translated becomes X's; their indentation would be a mistake in Python.
        text = "\n".join(line.lstrip() for line in templatize(text, origin=str(path)).splitlines())
    for _line, message, _comments, context in extract(
        "python", io.BytesIO(text.encode()), keywords=KEYWORDS, options={"encoding": "utf-8"}
    ):
        if isinstance(message, tuple):
            yield context, message[0], message[1]
        elif message:
            yield context, message, None


def catalogue(locale: str) -> polib.POFile:
    path = SOURCE / "locale" / locale / "LC_MESSAGES" / "django.po"
    if path.exists():
        return polib.pofile(str(path), wrapwidth=110)
    path.parent.mkdir(parents=True, exist_ok=True)
    po = polib.POFile(wrapwidth=110)
    po.metadata = {
        "Language": locale,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=1; plural=0;",
    }
    po.fpath = str(path)
    return po


def key_of(entry: polib.POEntry) -> Key:
    return entry.msgctxt, entry.msgid, entry.msgid_plural or None


def extract_all() -> None:
    found = words()
    simplified: dict[Key, polib.POEntry] = {}
    for locale in LOCALES:
        po = catalogue(locale)
        known = {key_of(entry): entry for entry in po}
        po.clear()
        for key in sorted(found, key=lambda k: (k[1], k[0] or "", k[2] or "")):
            entry = known.get(key) or _entry(key)
            entry.occurrences = [(place, "") for place in found[key]]
            if locale == "zh_Hant" and not entry.translated():
                _to_traditional(entry, simplified[key])
            po.append(entry)
        if locale == "zh_Hans":
            simplified = {key_of(entry): entry for entry in po}
        po.save(po.fpath)
        print(f"{locale}: {len(po)} entries, {len(po.untranslated_entries())} to translate")


def _entry(key: Key) -> polib.POEntry:
    context, singular, plural = key
    entry = polib.POEntry(msgctxt=context, msgid=singular, msgstr="")
    if plural:
        entry.msgid_plural, entry.msgstr_plural = plural, {0: ""}
    return entry


@cache
def _converter() -> Callable[[str], str]:
    from opencc import OpenCC  # reads its dictionaries for seconds

    return OpenCC("s2twp").convert


def _to_traditional(entry: polib.POEntry, simplified: polib.POEntry) -> None:
    if not simplified.translated():
        return
    convert = _converter()
    if entry.msgid_plural:
        entry.msgstr_plural = {0: convert(simplified.msgstr_plural.get(0, ""))}
    else:
        entry.msgstr = convert(simplified.msgstr)


def compile_all() -> None:
    for locale in LOCALES:
        po = catalogue(locale)
        target = Path(po.fpath).with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < Path(po.fpath).stat().st_mtime:
            po.save_as_mofile(str(target))


def check_all() -> int:
    found = words()
    problems = []
    for locale in LOCALES:
        po = catalogue(locale)
        known = {key_of(entry): entry for entry in po}
        problems += [f"{locale}: missing: {key[1]!r} ({', '.join(found[key])})" for key in found if key not in known]
        problems += [f"{locale}: no longer used: {key[1]!r}" for key in known if key not in found]
        for entry in known.values():
            if not entry.translated() or entry.fuzzy:
                problems.append(f"{locale}: not translated: {entry.msgid!r}")
            elif lost := _lost_placeholders(entry):
                problems.append(f"{locale}: placeholders differ ({', '.join(sorted(lost))}): {entry.msgid!r}")
    for problem in problems[:60]:
        print(problem)
    if problems:
        print(f"{len(problems)} problems; run `make messages` and translate what it adds")
    return 1 if problems else 0


def _lost_placeholders(entry: polib.POEntry) -> set[str]:
    """Those of one side only; where there is a plural, `entry.msgid` may leave the number out."""
    translated = entry.msgstr or entry.msgstr_plural.get(0, "")
    return _placeholders(entry.msgid_plural or entry.msgid) ^ _placeholders(translated)


def _placeholders(text: str) -> set[str]:
    return {percent or brace for percent, brace in PLACEHOLDER.findall(text)}


if __name__ == "__main__":
    from django.conf import settings

    settings.configure(USE_I18N=True, INSTALLED_APPS=[])
    command = sys.argv[1] if len(sys.argv) > 1 else "check"
    sys.exit({"extract": extract_all, "compile": compile_all, "check": check_all}[command]() or 0)
