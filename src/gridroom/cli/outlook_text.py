"""The answer of a run as a person reads it in a terminal."""

from __future__ import annotations

from pathlib import Path

from gridroom.cli.language import pad, words
from gridroom.reports.page import headline
from gridroom.results.folder import RunFolder


def _gw(mw: float, lower_bound: bool = False) -> str:
    return f"{'>' if lower_bound else ''}{mw / 1000:+.1f}".replace("-", "−")


def _whole(value: float) -> str:
    return str(int(value)) if value == value else "—"


def _named(prefix: str, key: str) -> str:
    """A setting or technology by name: as it is in English, from the catalogue in Japanese."""
    w = words()
    return w(f"{prefix}_{key}") if w.language != "en" and f"{prefix}_{key}" in w.table else key.replace("_", " ")


def readable(folder: RunFolder, report_path: Path | None = None) -> str:
    """Table of regions, what the answer hangs on, what it takes, and what to type next."""
    w = words()
    table, tipping = folder.table("region_year"), folder.table("tipping")
    tipping = tipping[tipping["standard"] == "lole"].set_index("region")
    years = [y for y in sorted(table["year"].unique()) if (y - table["year"].min()) % 2 == 0 or y == table["year"].max()]
    lines = [headline(folder.manifest, w), "", pad(w("region"), 32) + w("head"),
             f"{'':32}" + "".join(f"{y:<14}" for y in years) + pad(w("ends"), 8) + w("range")]  # fmt: skip
    order = tipping["first_year"].fillna(9999).sort_values(kind="stable").index
    for region in order:
        rows = table[table["region"] == region].set_index("year")
        cells = ""
        for year in years:
            row = rows.loc[year]
            cells += f"{_gw(row['room_p50_mw'], row['room_is_lower_bound']):>6} {row['probability_no_room']:>4.0%}   "
        last = tipping.loc[region]
        low, high = _whole(last["first_year_p10"]), _whole(last["first_year_p90"])
        lines.append(f"{rows['name'].iloc[0]:30}{cells}{_whole(last['first_year']):8}{low}–{high}")
    lines += ["", *_load_case_lines(folder), *_takes_lines(folder), *_sensitivity_lines(folder), w("blind"), ""]
    if report_path is not None:
        lines.append(f"{pad(w('report'), 8)}{report_path}")
    path, other = folder.path, "ja" if w.language == "en" else "en"
    lines.append(f"{pad(w('next'), 8)}gridroom show {path} · gridroom serve {path.parent} · gridroom report {path} --lang {other}")
    return "\n".join(lines)


def _load_case_lines(folder: RunFolder) -> list[str]:
    if not (folder.path / "tables/load_cases.parquet").is_file():
        return []
    w, table = words(), folder.table("load_cases")
    lines = [w("cases", year=int(table["us_mean_year"].iloc[0]))]
    for name, part in table.groupby("load_case", sort=False):
        ended = part.dropna(subset=["first_year"]).sort_values(["first_year", "region"], kind="stable")
        first = f"{ended['name'].iloc[0]} {int(ended['first_year'].iloc[0])}" if len(ended) else w("nowhere")
        load = part["us_mean_mw"].iloc[0] / 1000
        lines.append(f"  {pad(_named('count', str(name)), 34)}{load:6.0f} GW   {w('in_all', first=first, count=len(ended))}")
    return [*lines, ""]


def _takes_lines(folder: RunFolder) -> list[str]:
    if not (folder.path / "tables/additions_years.parquet").is_file():
        return []
    w, years, additions = words(), folder.table("additions_years"), folder.table("additions")
    year = int(years["year"].max())
    lines = [w("takes", year=year)]
    short = years[(years["year"] == year) & (years["room_before_mw"] < 0)].sort_values("room_before_mw", kind="stable")
    for row in short.itertuples():
        built = additions[(additions["region"] == row.region) & (additions["year"] == year)]
        parts = ", ".join(f"{_named('tech', a.technology)} {a.added_mw / 1000:.1f} GW" for a in built.itertuples())
        late = w("late", gw=f"{row.missing_mw / 1000:.1f}") if row.missing_mw > 1 else ""
        error = "?" if row.lole_after_days_stderr != row.lole_after_days_stderr else f"{row.lole_after_days_stderr:.2f}"
        before, after = f"{row.lole_before_days:7.2f}", f"{row.lole_after_days:4.2f} ± {error}"
        cost = f"{row.usd_per_year / 1e6:,.0f}"
        told = w("takes_row", before=before, after=after, words=parts or w("help"), cost=cost, late=late)
        lines.append(f"  {row.name:32}{told}")
    return [*lines, *([f"  {w('none_misses')}"] if short.empty else []), ""]


def _sensitivity_lines(folder: RunFolder) -> list[str]:
    if not (folder.path / "tables/sensitivity.parquet").is_file():
        return []
    w, table = words(), folder.table("sensitivity")
    year = 2030 if 2030 in set(table["year"]) else int(table["year"].max())
    rows = table[table["year"] == year].set_index("line")
    base = rows.loc["base"]
    lines = [w("hangs", year=year), f"  {pad(w('as_it_is'), 34)}{base['lolh_any_region_h']:8.1f} h   {base['regions_without']:>2}"]
    for line, row in rows.drop(index="base").iterrows():
        lines.append(f"  {pad(_named('line', str(line)), 34)}{row['lolh_any_region_h']:8.1f} h   {row['regions_without']:>2}")
    return [*lines, ""]


__all__ = ["readable"]
