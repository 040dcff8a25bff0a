"""Commands about the reference tables: list and show."""

from __future__ import annotations

from gridroom.cli.console import answer


def data_list(as_json: bool) -> int:
    """List the reference tables."""
    from gridroom.reference import catalog

    tables = list(catalog.tables().values())
    rows = [{"name": t.name, "title": t.title, "claim": t.claim.value, "licence": t.licence, "source": t.source,
             "rows": t.rows, "sha256": t.sha256} for t in tables]
    answer({"schema_version": "1", "command": "data list", "tables": rows}, as_json,
           lambda: "\n".join(f"{t.name:28}{t.claim.value:11}{t.rows:>8} rows  {t.title}" for t in tables))
    return 0


def data_show(name: str, rows: int, as_json: bool) -> int:
    """Show one reference table."""
    from gridroom.reference import catalog

    table, frame = catalog.find(name), catalog.load(name)
    shown = frame.head(rows)
    data = [{k: (None if v != v else v) for k, v in row.items()}
            for row in shown.astype(object).to_dict("records")] if as_json else []
    plain = [{k: (v if isinstance(v, int | float | str | bool) or v is None else str(v)) for k, v in row.items()}
             for row in data]
    head = (f"{table.title}\nsource   {table.source}\nlicence  {table.licence}\nclaim    {table.claim.value}\n"
            f"derived  {table.derived} ({table.tool})\nsha256   {table.sha256}\n")
    answer({"schema_version": "1", "command": "data show", "name": table.name, "title": table.title,
            "source": table.source, "licence": table.licence, "claim": table.claim.value, "derived": table.derived,
            "sha256": table.sha256, "rows_total": len(frame), "rows": plain}, as_json,
           lambda: f"{head}\n{shown.to_string()}\n{len(frame):,} rows in all")
    return 0
