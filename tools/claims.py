"""Write docs/claims.md and docs/claims.ja.md: public claims beside the figures of a run.

    uv run python tools/claims.py [RUN]

RUN is a finished run folder of the US outlook; without it the outlook is run first (about 8 minutes).
"""

from __future__ import annotations

import sys
from pathlib import Path

import gridroom as gr
from gridroom.reports.claim_sections import public_claims
from gridroom.reports.words import load_words
from gridroom.results.folder import RunFolder, open_run

DOCS = Path(__file__).resolve().parents[1] / "docs"
MADE = {"en": "Made by `tools/claims.py` (`make docs`) from a run of the US outlook with {samples} samples, seed {seed}; any run shows its own: "
              "report, `gridroom serve`, table `public_claims`.",
        "ja": "`tools/claims.py`（`make docs`）が米国見通しの計算（標本{samples}、種{seed}）から作ります。どの計算も自分の値を示します：報告書、`gridroom serve`、表`public_claims`。"}
RULES = {"en": "## How verdicts are made\n\nBy rule from the figures, in `src/gridroom/study/claims_grid.py`, `claims_power.py`, `claims_assets.py`; none is typed by hand. "
               "*True*, *partly*, *not supported*, or *cannot be known from this*, when a run does not hold what the claim needs. A verdict rests on the classes of its "
               "figures: one on assumed figures is judgement. Sun and wind by the hour: `min(1, s·sun + (1−s)·wind)` summed over the year, both scaled to the load's energy, "
               "with the s that meets most; the cost of closing it is `gridroom site design` at least cost, solved beforehand (table `round_the_clock`).\n",
         "ja": "## 判定の作り方\n\n値から規則で決まります（`src/gridroom/study/claims_grid.py`、`claims_power.py`、`claims_assets.py`）。手で書いた判定はありません。「正しい」「一部正しい」「裏づけられない」、"
               "計算に要るものがなければ「ここからは分からない」。判定は値の根拠区分に依存し、仮定の値による判定は判断にすぎません。太陽光と風力の時間ごとの一致："
               "`min(1, s·太陽光 + (1−s)·風力)`の年合計で、両者とも負荷の電力量に合わせ、最も満たすsを取ります。埋める費用は`gridroom site design`の最小費用で、前もって解いたものです（表`round_the_clock`）。\n"}


def page(folder: RunFolder, language: str) -> str:
    words = load_words(language)
    run = folder.manifest["study"]["run"]
    claims = public_claims(folder, words)
    other = "[日本語](claims.ja.md)" if language == "en" else "[English](claims.md)"
    lines = [f"# {words('public_title')}", "", other, "", words("public_text"), "", MADE[language].format(samples=run["samples"], seed=run["seed"]), ""]
    lines += [f"| {words('public_title')} | |", "| --- | --- |", *(f"| [{c['title']}](#{c['key']}) | {c['verdict_words']} |" for c in claims), ""]
    for c in claims:
        lines += [f'<a id="{c["key"]}"></a>', "", f"## {c['title']}: {c['verdict_words']}", "", c["why"], ""]
        lines += [f"| {words('figure_col')} | {words('value_col')} | {words('claim_col')} | {words('source_col')} | |", "| --- | --- | --- | --- | --- |"]
        for f in c["figures"]:
            note = f" ({f.note})" if f.note else ""
            lines.append(f"| {f.name}{note} | {f.value} | {words(f'claim_{f.claim}')} | {f.source} | `{f.command}` |")
        lines.append("")
    return "\n".join([*lines, RULES[language]])


def main() -> None:
    folder = open_run(Path(sys.argv[1])) if len(sys.argv) > 1 else gr.run({})
    for language, name in (("en", "claims.md"), ("ja", "claims.ja.md")):
        (DOCS / name).write_text(page(folder, language), encoding="utf-8")


if __name__ == "__main__":
    main()
