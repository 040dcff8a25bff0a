"""Result tables to ECharts option dicts: pure functions, nothing drawn here."""

from __future__ import annotations

import math
from typing import Any

from gridroom.reports.words import Words

Option = dict[str, Any]
INK, BLUE, SAND, GREEN, GREY = "#1f2933", "#2b6cb0", "#c05621", "#2f855a", "#718096"


def gw(values: Any) -> list[float | None]:
    """MW as GW, rounded; None, a gap, where not known."""
    return [round(float(v) / 1000.0, 2) if math.isfinite(float(v)) else None for v in values]


def base(words: Words, years: list[int]) -> Option:
    """What charts by year share."""
    return {"aria": {"enabled": True}, "animation": False, "textStyle": {"color": INK},
            "grid": {"left": 56, "right": 18, "top": 56, "bottom": 36}, "tooltip": {"trigger": "axis"},
            "legend": {"top": 4, "type": "scroll"},
            "xAxis": {"type": "category", "data": [str(y) for y in years], "name": words("year")},
            "yAxis": {"type": "value", "name": "GW", "scale": True}}


def band(name: str, low: list[float | None], high: list[float | None], colour: str) -> list[Option]:
    """Band between two lines: the lower one invisible, the difference stacked on it."""
    height = [None if a is None or b is None else round(b - a, 2) for a, b in zip(low, high, strict=True)]
    common = {"type": "line", "stack": name, "symbol": "none", "lineStyle": {"opacity": 0}, "silent": True,
              "stackStrategy": "all", "tooltip": {"show": False}}
    return [{**common, "name": f"{name} ", "data": low, "legendHoverLink": False},
            {**common, "name": name, "data": height, "areaStyle": {"opacity": 0.25, "color": colour},
             "itemStyle": {"color": colour}}]


def load_chart(rows: Any, words: Words) -> Option:
    """Peak with its band against installed capacity and capacity counted on peak, by year [GW]."""
    years = [int(y) for y in rows["year"]]
    without = rows["peak_mw"] - rows["large_load_p50_mw"]
    option = base(words, years)
    option["legend"]["data"] = [words(k) for k in ("peak", "band", "on_peak", "installed")]
    option["series"] = [
        *band(words("band"), gw(without + rows["large_load_p10_mw"]), gw(without + rows["large_load_p90_mw"]), SAND),
        {"name": words("peak"), "type": "line", "data": gw(rows["peak_mw"]), "itemStyle": {"color": SAND}},
        {"name": words("on_peak"), "type": "line", "data": gw(rows["capacity_on_peak_mw"]),
         "itemStyle": {"color": BLUE}, "symbol": "rect"},
        {"name": words("installed"), "type": "line", "data": gw(rows["installed_mw"]),
         "lineStyle": {"type": "dashed"}, "itemStyle": {"color": GREY}, "symbol": "none"}]
    return option


def room_chart(rows: Any, words: Words) -> Option:
    """Room by year with its band and the zero line [GW]."""
    option = base(words, [int(y) for y in rows["year"]])
    option["legend"]["data"] = [words("room"), words("room_band")]
    option["series"] = [
        *band(words("room_band"), gw(rows["room_p10_mw"]), gw(rows["room_p90_mw"]), GREEN),
        {"name": words("room"), "type": "line", "data": gw(rows["room_p50_mw"]), "itemStyle": {"color": GREEN},
         "markLine": {"silent": True, "symbol": "none", "label": {"show": False},
                      "lineStyle": {"color": INK, "type": "solid"}, "data": [{"yAxis": 0}]}}]
    return option


def calendar_chart(rows: Any, words: Words) -> Option:
    """Month by hour of day: expected short hours a year."""
    cells = zip(rows["hour"], rows["month"], rows["short_h"], strict=True)
    data = [[int(hour), int(month) - 1, round(float(short), 4)] for hour, month, short in cells]
    top = max((d[2] for d in data), default=0.0)
    return {"aria": {"enabled": True}, "animation": False, "textStyle": {"color": INK}, "tooltip": {"position": "top"},
            "grid": {"left": 44, "right": 14, "top": 12, "bottom": 96},
            "xAxis": {"type": "category", "data": [str(h) for h in range(24)], "splitArea": {"show": True}},
            "yAxis": {"type": "category", "data": [str(m) for m in range(1, 13)], "inverse": True,
                      "splitArea": {"show": True}},
            "visualMap": {"min": 0, "max": max(top, 1e-4), "calculable": True, "orient": "horizontal", "left": "center",
                          "bottom": 4, "precision": 3, "text": [words("hours_short"), ""],
                          "inRange": {"color": ["#fff7ec", "#fdbb84", "#d7301f", "#7f0000"]}},
            "series": [{"type": "heatmap", "name": words("hours_short"), "data": data}]}
