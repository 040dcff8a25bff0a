"""The calculators of the page: which command each runs, and what it asks for."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from gridroom.dashboard.answer_charts import HOURS


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One thing that a form asks for.

    Attributes
    ----------
    name : str
        Of the field; its words are the message `ask_<name>`.
    flag : str
        Option of the command; empty: an argument by its place.
    kind : str
        `text`, `number`, `choice`, `check` or `file`.
    value : str
        What stands there at first.
    choices : tuple of str
    """

    name: str
    flag: str = ""
    kind: str = "text"
    value: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """One calculator.

    Attributes
    ----------
    name : str
    command : tuple of str
        Of `gridroom`.
    asks : tuple of Ask
    form : str
        Settings file that is written from the page and given to the command; empty: none.
    out : bool
        The command writes a folder, whose files are shown.
    hours : bool
        The command writes hours, which are drawn.
    """

    name: str
    command: tuple[str, ...]
    asks: tuple[Ask, ...] = ()
    form: str = ""
    out: bool = False
    hours: bool = False
    group: str = field(default="")


def _n(name: str, flag: str, value: str = "") -> Ask:
    return Ask(name=name, flag=flag, kind="number", value=value)


NETWORKS = (
    "bitcoin",
    "ethereum",
    "ethereum-pow",
    "solana",
    "cardano",
    "algorand",
    "avalanche",
    "tezos",
    "polkadot",
    "proof-of-stake",
    "proof-of-authority",
)
TOOLS = {t.name: t for t in (
    Tool(name="campus", group="site", command=("campus",), form="campus", hours=True),
    Tool(name="site", group="site", command=("site", "design"), form="site", hours=True),
    Tool(name="air", group="air", command=("air", "pte"), form="units"),
    Tool(name="training", group="site", command=("compute", "training"), asks=(
        Ask(name="model", flag="--model", value="Llama 3.1 405B"), _n("grid_co2", "--grid-co2-kg-per-mwh"), _n("pue", "--pue"))),
    Tool(name="inference", group="site", command=("compute", "inference"), asks=(
        Ask(name="model", flag="--model", value="Llama 3.1 70B"), _n("requests", "--requests-per-day", "1000000000"),
        _n("tokens", "--output-tokens", "500"))),
    Tool(name="flexibility", group="site", command=("flexibility",), asks=(Ask(name="curtailment", flag="--curtailment-pct",
    value="0.25,0.5,1"),)),
    Tool(name="energy", group="assets", command=("assets", "energy"), asks=(
        Ask(name="network", kind="choice", choices=NETWORKS, value="bitcoin"), Ask(name="date", flag="--date"), _n("hashrate",
        "--hashrate-eh"),
        _n("coin_price", "--price-usd"), _n("tariff", "--tariff-usd-per-kwh"), _n("nodes", "--nodes"), _n("node_w", "--node-w"))),
    Tool(name="switch", group="assets", command=("assets", "switch"), asks=(
        Ask(name="network", kind="choice", choices=("ethereum", "bitcoin"), value="ethereum"),
        Ask(name="to", flag="--to", kind="choice", choices=("stake", "authority"), value="stake"))),
    Tool(name="miner", group="assets", command=("assets", "miner"), form="miner"),
    Tool(name="heat", group="heat", command=("heat", "reuse"), form="heat"),
    Tool(name="mica", group="disclosure", command=("disclose", "mica"), form="mica", out=True),
    Tool(name="eed", group="disclosure", command=("disclose", "eed"), form="eed", out=True),
    Tool(name="us", group="disclosure", command=("disclose", "us"), asks=(
        _n("load_mw", "--mw", "100"), Ask(name="state", flag="--state", kind="choice", choices=("", "TX", "OH", "VA")),
        Ask(name="mining", flag="--mining", kind="check"), Ask(name="interruptible", flag="--interruptible", kind="check"),
        _n("load_factor", "--load-factor"))),
    Tool(name="forecast", group="pipeline", command=("pipeline", "forecast"), asks=(Ask(name="requests_file", kind="file"),)),
    Tool(name="match", group="pipeline", command=("pipeline", "match"), asks=(Ask(name="requests_file", kind="file"),)),
    Tool(name="countries", group="data", command=("outlook", "countries"), asks=(Ask(name="countries", value="CHN USA"),)),
)}  # fmt: skip


def arguments(tool: Tool, given: Mapping[str, str], uploaded: Mapping[str, str]) -> list[str]:
    """Arguments of the command from what the form says; what is left empty is left out.

    Parameters
    ----------
    tool : Tool
    given : mapping
        Texts of the form.
    uploaded : mapping
        File names of the form's files, as written into the job's folder.
    """
    placed: list[str] = []
    options: list[str] = []
    for ask in tool.asks:
        value = uploaded.get(ask.name, "") if ask.kind == "file" else given.get(ask.name, "").strip()
        if ask.kind in ("number", "text"):
            value = unicodedata.normalize("NFKC", value)  # a Japanese keyboard writes wide digits
        if ask.name == "curtailment":
            value = value.replace("、", ",")
        if not value or (ask.kind == "choice" and value not in ask.choices):
            continue
        if ask.kind == "check":
            options.append(ask.flag)
        elif ask.flag:
            # "--flag=value": a value that begins with a dash stays a value
            options.append(f"{ask.flag}={value}")
        else:
            placed += value.split() if ask.name == "countries" else [value]
    if tool.form:
        placed.insert(0, "input.toml")
    if tool.out:
        options += ["--out", "out"]
    if tool.hours:
        options += ["--out", f"out/{HOURS}"]
    return [*tool.command, *options, "--json", "--", *placed]


__all__ = ["TOOLS", "Ask", "Tool", "arguments"]
