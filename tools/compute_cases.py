"""Write docs/compute_cases.md: every published case of training, inference and curtailment beside our own figure.

    uv run python tools/compute_cases.py
"""

from __future__ import annotations

from pathlib import Path

from gridroom.loads.curtailment import gaps_of, load_factor, national, room_at
from gridroom.loads.demand import authority_names, shipped
from gridroom.loads.inference import inference
from gridroom.loads.tokens import regression_wh
from gridroom.loads.training import training
from gridroom.reference import catalog

OUT = Path(__file__).resolve().parents[1] / "docs" / "compute_cases.md"
# Norris et al. 2025, as the facts quote it: GW at 0.5 %.
PUBLISHED_GW = {"PJM": 17.8, "ERCO": 10.0, "SWPP": 9.7, "SOCO": 7.7, "TVA": 4.5, "NYIS": 4.0, "BPAT": 1.9, "CPLE": 1.3, "PGE": 0.9, "SCEG": 0.6,
                "FPL": 4.2, "AZPS": 1.6, "PACW": 1.0, "SRP": 1.5, "PACE": 1.5}
PUBLISHED_TOTAL = {0.25: 76, 0.5: 98, 1.0: 126, 5.0: 215}


def number(value: float | None, digits: int = 4) -> str:
    if value is None or value != value:
        return ""
    rounded = float(f"{value:.{digits}g}")
    return f"{value:.{digits}g}" if abs(value) >= 1e9 else f"{rounded:,.0f}" if abs(value) >= 1000 else f"{rounded:g}"


def table(head: list[str], rows: list[list[str]]) -> list[str]:
    return ["| " + " | ".join(head) + " |", "|" + "---|" * len(head), *("| " + " | ".join(row) + " |" for row in rows), ""]


def time_rows() -> list[list[str]]:
    rows = []
    for row in catalog.load("training_runs").itertuples():
        if not row.tokens > 0 or not row.parameters > 0 or not row.accelerator_hours > 0:
            continue
        active = row.active_parameters if row.active_parameters == row.active_parameters else None
        one_step = row.tokens < row.parameters
        what = {"flop": 6 * row.parameters * row.tokens} if one_step else {"parameters": row.parameters, "active_parameters": active, "tokens": row.tokens}
        t = training(**what, accelerator=row.accelerator)
        band = t.accelerator_hours.range
        inside = "yes" if band.low <= row.accelerator_hours <= band.high else "no"
        rows.append([f"{row.model} (tokens '15T+')" if "15T+" in str(row.includes) else row.model, number(t.flop.range.best), number(row.accelerator_hours), f"{number(band.best)} ({number(band.low)} to {number(band.high)})",
                     f"{row.accelerator_hours / band.best:.2f}", inside, row.source])
    return rows


def energy_rows() -> list[list[str]]:
    rows = []
    for row in catalog.load("training_runs").itertuples():
        if not row.published_energy_mwh > 0:
            continue
        again, own = "", ""
        if row.accelerator_hours > 0:
            t = training(model=row.model)
            again = number(t.published["recomputed_mwh"]) if t.published["recomputed_mwh"] else ""
            own = f"{number(t.facility_energy_mwh.range.best)} ({number(t.facility_energy_mwh.range.low)} to {number(t.facility_energy_mwh.range.high)})"
        elif row.parameters > 0 and row.tokens > 0:
            t = training(model=row.model)
            a = t.accelerator_energy_mwh.range
            own = f"GPU alone {number(a.best)} ({number(a.low)} to {number(a.high)})"
        rows.append([row.model, number(row.published_energy_mwh), row.energy_kind, again, own, row.includes, row.claim, row.source])
    return rows


def query_rows() -> list[list[str]]:
    rows = []
    for name, n, tokens, use, pue, wh in (("typical", 100e9, 500, 0.1, 1.2, 0.3008), ("long output", 100e9, 1500, 0.1, 1.2, 0.902), ("small model", 20e9, 500, 0.1, 1.2, 0.060),
                                          ("pessimistic", 200e9, 500, 0.05, 1.3, 1.304), ("pessimistic and long", 200e9, 1500, 0.05, 1.3, 3.911)):
        q = inference(active_parameters=n, method="flop", utilisation=use, power_share=0.7, pue=pue, requests_per_day=1e9, output_tokens=tokens)
        rows.append([f"Epoch AI, {name}", f"{wh}", f"{q.wh_per_request.range.best:.4f}", "2 N operations a token"])
    for p, wh in ((8e9, 0.022288), (70e9, 0.164382)):
        rows.append([f"EcoLogits, {p:.0e} parameters, 300 tokens, PUE 1", f"{wh}", f"{regression_wh(p, p, 300)[0]:.6f}", "regression"])
    q = inference(joule_per_output_token=0.14 * 3600 / 300, requests_per_day=1e9, output_tokens=300)
    rows.append(["Google, Gemini Apps median", "0.24", f"{q.wh_per_request.range.best:.4f}", "0.14 Wh of the accelerator x host x idle x PUE"])
    return rows


def curtailment_rows() -> tuple[list[list[str]], list[list[str]]]:
    rows, rooms = [], []
    for name in authority_names():
        g = gaps_of(shipped(name))
        rooms += [room_at(g, pct) for pct in PUBLISHED_TOTAL]
        r = next(x for x in rooms[-4:] if x.curtailment_pct == 0.5)
        published = PUBLISHED_GW.get(name)
        less = r.room_without_setting_day_mw
        rows.append([f"{name} {g.demand.name}", "" if published is None else f"{published}", f"{r.room_mw / 1000:.3f}",
                     "" if published is None else f"{100 * (r.room_mw / 1000 / published - 1):+.1f} %", "" if less is None else f"{less / 1000:.3f}",
                     f"{load_factor(g.demand):.3f}", ", ".join(f"{t.season} {t.mw:,.0f} MW, {g.demand.time_of(t.hour):%Y-%m-%d %H} h" for t in g.thresholds)])
    total = [[f"{row['curtailment_pct']:g} %", f"{PUBLISHED_TOTAL[row['curtailment_pct']]}", f"{row['room_mw'] / 1000:.1f}",
              f"{100 * (row['room_mw'] / 1000 / PUBLISHED_TOTAL[row['curtailment_pct']] - 1):+.1f} %", f"{row['curtailed_hours']:.0f}"] for row in national(rooms)]
    return rows, total


def main() -> None:
    authorities, total = curtailment_rows()
    text = ["# Published cases beside our own figures", "", "Made by `tools/compute_cases.py`; every figure can be repeated with the commands of [loads](loads.md).", "",
            "## Training: hours", "", "Predicted from parameters, tokens and chip with the defaults alone, 10–90 % in brackets. About a fifth of the runs should lie outside: a model that "
            "hits all has been tuned on them.", "", *table(["run", "6ND", "reported h", "predicted h", "reported / predicted", "inside", "source"], time_rows()),
            "## Training: energy", "", "*Kind*: M-system metered system power a chip; M-gpu metered GPU power of one node; TDP hours x rated power; class an assumed power. "
            "*Again*: hours x the published power x the published PUE. *Ours*: reported hours x node power (measured for H100, V100 and TPU, derived for A100) x PUE 1.14, which is more than rated GPU power.", "",
            *table(["run", "published MWh", "kind", "again", "ours, MWh", "includes", "claim", "source"], energy_rows()),
            "## One request", "", *table(["case", "published Wh", "ours", "how"], query_rows()),
            "## Curtailment-enabled headroom, GW at 0.5 %", "", "Published: NI R 25-01, where the value was at hand. Known misses: FPL, AZPS, PACW, SRP, PACE; their cause is not settled. "
            "*Without day*: the day that sets a threshold is left out.", "",
            *table(["authority", "published", "ours", "difference", "without day", "load factor", "thresholds set by (UTC)"], authorities),
            "All 22 authorities:", "", *table(["rate", "published GW", "ours", "difference", "hours a year, mean"], total)]
    OUT.write_text("\n".join(text).rstrip() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
