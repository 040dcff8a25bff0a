"""Words of the report by language: catalogues in `messages/`, the same keys and fields in each."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from gridroom.core.errors import UsageError

LANGUAGES = ("en", "ja")


@dataclass(frozen=True, slots=True)
class Words:
    """One language's catalogue; `words("key", name=value)` fills the fields."""

    language: str
    table: dict[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """Text of a key with its fields filled."""
        return self.table[key].format(**values)

    def named(self, kind: str, name: object) -> str:
        """Text of the key `kind_name`; the name itself where it is not known, as in a folder of a newer gridroom."""
        return self.table.get(f"{kind}_{name}", "" if name is None else str(name))

    def text(self, kind: str, english: str) -> str:
        """A text of our own data in this language: a `place`, a reference table's `title`, a column's `meaning`, a `choice`.

        What the catalogue does not know, such as a region that a user named, stays as it is.
        """
        return text_tables("gridroom.reports", "texts_ja.toml")[kind].get(english, english) if self.language == "ja" else english


@cache
def text_tables(package: str, path: str) -> dict[str, dict[str, str]]:
    """Tables of texts that ship with a room, read once."""
    found: dict[str, dict[str, str]] = tomllib.loads(files(package).joinpath(path).read_text(encoding="utf-8"))
    return found


def load_words(language: str) -> Words:
    """Catalogue of a language.

    Raises
    ------
    UsageError
        If there is none.
    """
    if language not in LANGUAGES:
        raise UsageError(f"language must be one of {', '.join(LANGUAGES)}; got {language!r}")
    text = files("gridroom.reports").joinpath(f"messages/{language}.toml").read_text(encoding="utf-8")
    return Words(language, tomllib.loads(text))
