"""Charts of calculators and requests: bars, lines, long series, the waterfall."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from gridroom.reports import charts
from gridroom.reports.words import Words

STEPS = ("requested_mw", "deduplicated_mw", "one_site_each_mw", "survives_mw", "in_service_mw", "size_mw", "ramp_mw", "at_peak_mw")


def waterfall_chart(steps: Any, words: Words) -> charts.Option:
    """From what is asked for to what draws power at the peak, step by step [GW]."""
    names = [k for k in STEPS if steps.get(k) is not None]
    values = [round(float(steps[k]) / 1000.0, 2) for k in names]
    below = [0.0, *values[1:]]
    cut = [values[0], *[round(a - b, 2) for a, b in pairwise(values)]]
    labels = [words(f"step_{k}") for k in names]
    return {
        "aria": {"enabled": True},
        "animation": False,
        "textStyle": {"color": charts.INK},
        "tooltip": {"trigger": "axis"},
        "grid": {"left": 190, "right": 30, "top": 12, "bottom": 30},
        "yAxis": {"type": "category", "data": labels, "inverse": True},
        "xAxis": {"type": "value", "name": "GW"},
        "series": [
            {"name": words("step_left"), "type": "bar", "stack": "w", "data": below, "itemStyle": {"color": charts.BLUE}},
            {
                "name": words("step_cut"),
                "type": "bar",
                "stack": "w",
                "data": cut,
                "itemStyle": {"color": charts.SAND, "opacity": 0.55},
            },
        ],
    }


def forecast_chart(total: Any, words: Words) -> charts.Option:
    """Forecast of all requests by year with its 10 to 90 % band, and each need counted once [GW]."""
    option = charts.base(words, [int(r["year"]) for r in total])
    option["legend"]["data"] = [words(k) for k in ("forecast_median", "forecast_band", "step_one_site_each_mw")]
    column = {k: charts.gw([r[f"{k}_mw"] for r in total]) for k in ("p10", "p50", "p90", "deduplicated")}
    option["series"] = [
        *charts.band(words("forecast_band"), column["p10"], column["p90"], charts.GREEN),
        {"name": words("forecast_median"), "type": "line", "data": column["p50"], "itemStyle": {"color": charts.GREEN}},
        {
            "name": words("step_one_site_each_mw"),
            "type": "line",
            "data": column["deduplicated"],
            "lineStyle": {"type": "dashed"},
            "itemStyle": {"color": charts.GREY},
            "symbol": "none",
        },
    ]
    return option


def series_chart(columns: dict[str, list[float]], unit: str, words: Words, stacked: bool = False) -> charts.Option:
    """Hourly series: drawn by their envelope, so that 35,000 points stay smooth; a slider chooses the stretch."""
    points = len(next(iter(columns.values()), []))
    area: charts.Option = (
        {"areaStyle": {"opacity": 0.6}, "stack": "all", "lineStyle": {"width": 0}} if stacked else {"lineStyle": {"width": 1}}
    )
    return {
        "aria": {"enabled": True},
        "animation": False,
        "textStyle": {"color": charts.INK},
        "tooltip": {"trigger": "axis"},
        "legend": {"top": 4, "type": "scroll"},
        "grid": {"left": 70, "right": 20, "top": 44, "bottom": 84},
        "dataZoom": [{"type": "slider"}, {"type": "inside"}],
        "xAxis": {
            "type": "category",
            "data": list(range(points)),
            "name": words("hour_of_year"),
            "nameLocation": "middle",
            "nameGap": 26,
        },
        "yAxis": {"type": "value", "name": unit, "scale": not stacked},
        "series": [
            {"name": name, "type": "line", "symbol": "none", "sampling": "lttb", "data": [round(v, 2) for v in values], **area}
            for name, values in columns.items()
        ],
    }


def bars_chart(labels: list[str], bars: dict[str, list[float | None]], unit: str) -> charts.Option:
    """Bars by label, a colour a column."""
    return {
        "aria": {"enabled": True, "decal": {"show": len(bars) > 1}},
        "animation": False,
        "textStyle": {"color": charts.INK},
        "tooltip": {"trigger": "axis"},
        "legend": {"top": 4, "type": "scroll", "show": len(bars) > 1},
        "grid": {"left": 70, "right": 20, "top": 44, "bottom": 70},
        "xAxis": {"type": "category", "data": labels, "axisLabel": {"rotate": 30, "interval": 0}},
        "yAxis": {"type": "value", "name": unit},
        "series": [{"name": name, "type": "bar", "data": values} for name, values in bars.items()],
    }


def lines_chart(labels: list[str], lines: dict[str, list[float | None]], unit: str, words: Words) -> charts.Option:
    """Lines over years; gaps where a value is not known."""
    option = charts.base(words, [int(v) for v in labels])
    option["yAxis"] = {"type": "value", "name": unit}
    option["series"] = [{"name": name, "type": "line", "data": values, "connectNulls": False} for name, values in lines.items()]
    return option
