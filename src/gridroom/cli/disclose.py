"""`gridroom disclose`: MiCA tables, EU data-centre figures, checks of filings, and what US rules ask."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

from gridroom.cli.console import answer, say
from gridroom.core.errors import Problem, StudyError, UsageError


def _folder(out: Path, *names: str) -> None:
    """Refuse, before the work, a folder that cannot be one or files that cannot be written in it."""
    if out.exists() and not out.is_dir():
        raise UsageError(f"--out must be a folder; {out} is a file")
    for name in names:
        if (out / name).is_dir():
            raise UsageError(f"--out cannot be written: {out / name} is a folder")
    try:
        out.mkdir(parents=True, exist_ok=True)
        made = out / ".gridroom"
        made.touch()
        made.unlink()
    except OSError as fault:
        raise UsageError(f"--out cannot be written: {out}: {fault.strerror or fault}") from None


def _tidy(out: Path) -> None:
    """Take an empty folder away again: nothing was written."""
    if out.is_dir() and not any(out.iterdir()):
        out.rmdir()


def mica(path: Path, overrides: list[str], out: Path, package: Path | None, as_json: bool) -> int:
    """Write a MiCA disclosure; exit 3 with every missing mandatory field named."""
    from gridroom.assets.mica import as_dict
    from gridroom.study.mica_file import disclose, read_filing

    filing = read_filing(path, overrides)
    _folder(out, "mica.html", "mica.json", "mica.xhtml")
    try:
        written = disclose(filing, out, package)
    finally:
        _tidy(out)
    kept = [r for r in written.rules if r.kept]
    document: dict[str, Any] = {
        "schema_version": "1",
        "command": "disclose mica",
        **as_dict(written.filing),
        "files": [str(f) for f in written.files],
        "missing": [
            {"code": f"S.{m.code[1:]}", "name": m.name, "article": f"Delegated Regulation (EU) 2025/422 {m.article}", "why": m.why}
            for m in written.missing
        ],
        "own_rules": [{"rule": r.rule, "kept": r.kept, "what": r.what or None} for r in written.rules],
        "validation": written.validation.as_dict(),
        "namespace": "assumed: read from the package when given" if written.namespace_assumed else "as in the package",
    }

    def readable() -> str:
        v = written.validation
        lines = [
            f"{written.filing.asset}, {written.filing.document.replace('_', ' ')} of {written.filing.name}: "
            f"{len(written.filing.values)} fields",
            *(f"  S.{c[1:]:3} {x.filed[:90]}" for c, x in sorted(written.filing.values.items(), key=lambda i: int(i[0][1:]))),
        ]
        if written.files:
            lines += [
                *(f"wrote {f}" for f in written.files),
                f"own rules: {len(kept)} of {len(written.rules)} kept",
                *(f"  not kept: {r.rule}: {r.what}" for r in written.rules if not r.kept),
                f"taxonomy: {v.status}" + (f" ({v.why})" if v.why else f", {v.satisfied} assertions satisfied"),
            ]
            lines += [f"  {e}" for e in v.errors]
        return "\n".join(lines)

    answer(document, as_json, readable)
    if written.missing:
        say(str(StudyError([m.problem() for m in written.missing])))
        say("no file was written")
        return StudyError.exit_code
    return 0


def _reports(paths: list[Path], overrides: list[str]) -> tuple[list[Any], list[Problem]]:
    """Reports of all files, and mandatory fields that are missing; faults of all files at once, each with its file.

    Raises
    ------
    StudyError
        If a file is faulty.
    UsageError
        If two files would be written into one folder.
    """
    from gridroom.study.eed_file import read_report

    names = [p.stem for p in paths]
    twice = sorted({n for n in names if names.count(n) > 1})
    if twice:
        raise UsageError(f"two files are named {twice[0]}: their reports would be written into one folder; rename one")
    reports, faults, missing = [], [], []

    def named(path: Path, problem: Problem) -> Problem:
        return problem if len(paths) == 1 else Problem(f"{path.name}: {problem.where}", problem.what, problem.hint)

    for path in paths:
        try:
            report = read_report(path, overrides)
        except StudyError as fault:
            faults += [named(path, p) for p in fault.problems]
            continue
        reports.append(report)
        missing += [named(path, m.problem()) for m in report.missing]
    if faults:
        raise StudyError([*faults, *missing])
    return reports, missing


def eed(paths: list[Path], overrides: list[str], out: Path, as_json: bool) -> int:
    """Write the report of a data centre, or the aggregates of several; exit 3 with every missing mandatory field named."""
    from gridroom.assets.datacentre import aggregates
    from gridroom.study.eed_file import as_dict, write

    several = len(paths) > 1
    reports, problems = _reports(paths, overrides)
    _folder(out, "eed.html", "eed.json")
    files: list[Path] = []
    for path, report in zip(paths, reports, strict=True) if not problems else ():
        files += write(report, out / path.stem if several else out)
    document: dict[str, Any] = {"schema_version": "1", "command": "disclose eed"}
    if not several:
        document |= as_dict(reports[0])
    else:
        groups = [{k: getattr(g, k) for k in g.__slots__} for g in aggregates([r.centre for r in reports])]
        centres = [{"file": str(p), **as_dict(r)} for p, r in zip(paths, reports, strict=True)]
        document |= {"data_centres": centres, "aggregates": groups}
        if not problems:
            text = json.dumps({"schema_version": "1", "aggregates": groups}, indent=1) + "\n"
            (out / "aggregates.json").write_text(text, encoding="utf-8")
            files.append(out / "aggregates.json")
    document["files"] = [str(f) for f in files]
    answer(
        document,
        as_json,
        lambda: "\n".join(
            [
                *(_eed_words(p, as_dict(r)) for p, r in zip(paths, reports, strict=True)),
                *(f"wrote {f}" for f in files),
                *(_group_words(g) for g in document.get("aggregates", [])),
            ]
        ),
    )
    if problems:
        _tidy(out)
        say(str(StudyError(problems)))
        say("no file was written")
        return StudyError.exit_code
    return 0


def _eed_words(path: Path, d: dict[str, Any]) -> str:
    known = {k: "not known" if d[k] is None else f"{d[k]:.4g}" for k in ("pue", "wue_m3_per_mwh", "erf", "ref", "ere")}
    scope = {None: "scope not known", True: "in scope", False: "not in scope"}[d["in_scope"]]
    lines = [
        f"{path}: figures of {d['reporting_year']}, due {d['deadline']}, {scope}, size class {d['size_class'] or 'none'}",
        f"  PUE {known['pue']}  WUE {known['wue_m3_per_mwh']} m3/MWh  ERF {known['erf']}  REF {known['ref']}  ERE {known['ere']}",
    ]
    lines += [f"  note: {w}" for w in d["warnings"]]
    lines += [
        f"  {f['rule']} by {f['rules']}: {f['result']}"
        + ("" if f["value"] is None or f["limit"] is None else f" ({f['value']:.4g} against {f['limit']:.4g})")
        + (f", due {f['due']}" if f["due"] else "")
        + f" [{f['citation']}; {f['status']}] {f['note']}"
        for f in d["national"]
    ]
    return "\n".join(lines)


def _group_words(g: dict[str, Any]) -> str:
    if not g["published"]:
        return f"{g['group']}: {g['count']} data centres, too few to publish"
    means = "  ".join(f"{k} {'not known' if v is None else f'{v:.4g}'}" for k, v in g["means"].items())
    return f"{g['group']}: {g['count']} data centres, {means}"


def check(path: Path, package: Path | None, as_json: bool) -> int:
    """Check an inline XBRL file against the rules that need no taxonomy, and against the taxonomy where its package is given."""
    from gridroom.assets import xbrl_arelle, xbrl_check

    if not path.is_file():
        raise StudyError(
            Problem(str(path), "does not exist", "an inline XBRL file, such as mica.xhtml of `gridroom disclose mica`")
        )
    rules = xbrl_check.own_rules(path)
    checked = xbrl_arelle.without_package() if package is None else xbrl_arelle.validate(path, package)
    broken = [r for r in rules if not r.kept]
    document = {
        "schema_version": "1",
        "command": "disclose check",
        "file": str(path),
        "own_rules": [{"rule": r.rule, "kept": r.kept, "what": r.what or None} for r in rules],
        "validation": checked.as_dict(),
    }
    answer(
        document,
        as_json,
        lambda: "\n".join(
            [
                *(f"{'kept' if r.kept else 'NOT KEPT':9}{r.rule}{': ' + r.what if r.what else ''}" for r in rules),
                f"taxonomy: {checked.status}{' (' + checked.why + ')' if checked.why else ''}",
                *checked.errors,
            ]
        ),
    )
    return StudyError.exit_code if broken or checked.status == "invalid" else 0


def us(load: dict[str, Any], date: str | None, as_json: bool) -> int:
    """What US rules ask of a load, and what they do not."""
    from gridroom.assets.large_load_rules import DISCLAIMER, Load, status

    try:
        day = dt.date.today() if date is None else dt.date.fromisoformat(date)
    except ValueError:
        raise UsageError(f"--date must be YYYY-MM-DD; got {date!r}") from None
    if load["state"] not in ("", "TX", "OH", "VA"):
        raise UsageError(f"--state must be TX, OH or VA, whose rules are on record; got {load['state']!r}")
    for name in ("mw", "used_mw", "load_factor", "backup_share"):
        most = 1.0 if name in ("load_factor", "backup_share") else 1e6
        if load[name] is not None and not 0 <= load[name] <= most:
            raise UsageError(f"--{name.replace('_', '-')} must be from 0 to {most:g}; got {load[name]:g}")
    duties = status(Load(**load), day)
    document = {
        "schema_version": "1",
        "command": "disclose us",
        "date": day.isoformat(),
        "load": load,
        "findings": [d.as_dict() for d in duties],
        "disclaimer": DISCLAIMER,
    }

    def line(d: Any) -> str:
        word = {True: "applies", False: "no", None: "open"}[d.applies]
        value = "" if d.value is None else f" -> {d.value:,.6g}"
        limit = "" if d.threshold is None else f" {d.threshold:,.6g} {d.unit}"
        return f"{d.rule:28}{word:8}{limit}{value}  [{d.citation}; {d.status}] {d.note}"

    answer(document, as_json, lambda: "\n".join([*(line(d) for d in duties), "", DISCLAIMER]))
    return 0
