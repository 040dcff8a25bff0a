"""The command line in Japanese: help pages, and what the parser refuses; everything else is said by `language`."""

from __future__ import annotations

import sys
from typing import Any

import typer

from gridroom.reports.said import Catalogue
from gridroom.reports.words import text_tables

COLUMNS = 58  # characters a line of help: most of them take two columns


def _tables() -> dict[str, dict[str, str]]:
    return text_tables("gridroom.cli", "messages/help_ja.toml")


def _page(text: str) -> str:
    for english, japanese in _tables()["page"].items():
        text = text.replace(english, japanese)
    return text


def translate(command: Any) -> None:
    """Put Japanese help into a command, its options and everything below it."""
    known = _tables()["help"]
    command.help = command.short_help = known.get(command.help, command.help)
    command.context_settings["terminal_width"] = COLUMNS
    for option in command.params:
        if getattr(option, "help", None):
            option.help = known.get(option.help, option.help)
    page, help_option = command.get_help, command.get_help_option

    def japanese_option(context: Any) -> Any:
        option = help_option(context)  # before it is wrapped
        option.help = _page(option.help)
        return option

    command.get_help = lambda context: _page(page(context))
    command.get_help_option = japanese_option
    for below in getattr(command, "commands", {}).values():
        translate(below)


def refused(fault: Any) -> str:
    """What the parser refuses, with the way to help."""
    text = fault.format_message()
    if text.startswith(_page("Usage:")):
        return str(text)  # a group without its command: its help page
    told = Catalogue(_tables()["refused"]).said(text)
    if fault.ctx is None:
        return f"誤り：{told}"
    usage = _page(fault.ctx.get_usage())
    return f"{usage}\n`{fault.ctx.command_path} --help` で使い方を表示します。\n\n誤り：{told}"


def main(command: Any) -> int:
    """Run the command line; exit code."""
    translate(command)
    try:
        return command.main(standalone_mode=False) or 0
    except typer.Abort:
        return 130
    except Exception as fault:
        if not hasattr(fault, "format_message"):
            raise
        print(refused(fault), file=sys.stderr)
        return int(getattr(fault, "exit_code", 2))


__all__ = ["main", "translate"]
