"""`gridroom pipeline match`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gridroom.cli.console import answer
from gridroom.cli.pipeline import show_notes
from gridroom.core.errors import Problem, UsageError, nearest
from gridroom.results.answer import known

SHOWN_PAIRS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchOptionsCli:
    """Options of `gridroom pipeline match`."""

    file: Path | None
    left: Path | None
    right: Path | None
    across: str | None
    threshold: float
    truth: Path | None
    out: Path | None
    review: Path | None
    records: Path | None
    decisions: Path | None
    explain: str | None
    mapping: list[str]
    sheet: str | None
    seed: int
    as_json: bool


def match(options: MatchOptionsCli) -> int:
    """Match records and answer."""
    from gridroom.pipeline.matching import MatchOptions
    from gridroom.pipeline.matching import match as match_records
    from gridroom.pipeline.records import parse_map
    from gridroom.pipeline.review import read_decisions, review_list
    from gridroom.pipeline.scoring import score
    from gridroom.pipeline.tables import table_for_matching, two_lists

    if not 0.0 <= options.threshold <= 1.0:
        raise UsageError(f"--threshold must be 0 to 1; got {options.threshold}")
    mapping, across = parse_map(options.mapping), options.across
    if (options.left is None) != (options.right is None) or (options.file is None) == (options.left is None):
        raise UsageError("give one FILE, or two lists with --left A.csv --right B.csv")
    if options.file is not None:
        frame, notes = table_for_matching(options.file, mapping, options.sheet)
    else:
        if across is not None:
            raise UsageError("--across names a column of one FILE; with --left and --right it is not needed")
        one, notes = table_for_matching(Path(str(options.left)), mapping, options.sheet)
        two, more = table_for_matching(Path(str(options.right)), mapping, options.sheet)
        frame, across, notes = two_lists(one, two), "list", notes + more
    decisions = read_decisions(options.decisions) if options.decisions is not None else ()
    if across is None and options.file is not None:
        lists = [c for c in frame.columns if str(c) in ("source", "edition", "list") and 2 <= frame[c].nunique() <= 4]
        notes += [Problem(f"column {c!r}", f"has {frame[c].nunique()} values", f"lists of the same? --across {c}") for c in lists]
    said = show_notes(notes)
    result = match_records(frame, MatchOptions(across=across, threshold=options.threshold, seed=options.seed, decisions=decisions))
    document: dict[str, Any] = {
        "schema_version": "1",
        "command": "pipeline match",
        "records": len(result.ids),
        "pairs": int(result.accepted.sum()),
        "clusters": result.clusters,
        "requested_mw": known(result.requested_mw) if known(result.duplicate_mw[0]) is not None else None,
        "duplicate_mw": known(result.duplicate_mw[0]),
        "duplicate_mw_stderr": known(result.duplicate_mw[1]),
        "threshold": options.threshold,
        "review_pairs": int(((result.probability >= 0.1) & (result.probability <= 0.9)).sum()),
        "relations": {
            r: sum(1 for k, yes in zip(result.relation, result.accepted, strict=True) if yes and k == r)
            for r in sorted(set(result.relation))
        },
        "notes": said,
    }
    if options.truth is not None:
        from gridroom.sources.frames import read_frame

        document.update(score(result, read_frame(options.truth, str(options.truth), "give a CSV file", as_text=True)))
    if options.explain is not None:
        document["explain"] = _explain(result, options.explain)
    if options.records is not None:
        frame.to_csv(options.records, index=False, lineterminator="\n")
    if options.out is not None:
        result.pairs().to_csv(options.out, index=False, lineterminator="\n")
    if options.review is not None:
        review_list(result).to_csv(options.review, index=False, lineterminator="\n")
    answer(document, options.as_json, lambda: _match_text(result, document, options))
    return 0


def _explain(result: Any, text: str) -> list[dict[str, Any]]:
    from gridroom.pipeline.explain import explain

    parts = [p.strip() for p in text.split(",")]
    row = {name: k for k, name in enumerate(result.ids)}
    if len(parts) != 2:
        raise UsageError(f"--explain needs two ids as A,B; got {text!r}")
    for name in parts:
        if name not in row:
            raise UsageError(f"--explain: {name!r} is no record ({nearest(name, row)})")
    return explain(result, row[parts[0]], row[parts[1]])


def _match_text(result: Any, document: dict[str, Any], options: MatchOptionsCli) -> str:
    lines = [str(result), ""]
    shown = result.pairs().head(SHOWN_PAIRS)
    if len(shown):
        lines += ["likeliest pairs", shown.to_string(index=False), ""]
    if "precision" in document:
        good = [
            f"{k} {document[k]:.3f}"
            for k in ("precision", "recall", "f1", "bcubed_precision", "bcubed_recall")
            if document[k] is not None
        ]
        lines.append("against the truth: " + " · ".join(good))
        lines += [
            f"  said {r['mean_probability']:.2f}, true {r['share_true']:.2f} ({r['pairs']} pairs)" for r in document["reliability"]
        ]
    for part in document.get("explain", []):
        bits = "" if part["weight_bits"] is None else f"{part['weight_bits']:+6.1f} bits"
        lines.append(f"  {part['field']:28}{bits:12}  {part['a']} | {part['b']}")
    lines.append(
        f"{document['review_pairs']} pairs are uncertain (0.1 to 0.9)"
        + (f": {options.review}" if options.review else ": --review FILE lists them for a decision")
    )
    if options.out:
        lines.append(f"pairs: {options.out}")
    return "\n".join(lines)
