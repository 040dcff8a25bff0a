"""What a training run is worked out from: parameters and tokens, operations, hours, or accelerators and days; and how well used."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from gridroom.core.errors import Problem, StudyError
from gridroom.loads import catalogue
from gridroom.loads.catalogue import Accelerator, Assumption, default, given
from gridroom.loads.checks import check
from gridroom.loads.goodput import goodput_range
from gridroom.loads.ranges import Number, Range, product

SMALL = 2e9
LEAST_TOKENS_PER_PARAMETER = 0.05


@dataclass(slots=True)
class Work:
    """What is gathered on the way."""

    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    used: dict[str, Assumption] = field(default_factory=dict)

    def use(self, one: Assumption) -> Range:
        """Note an input as used."""
        self.used[one.name] = one
        return one.range

    def asked(self, name: str, value: Number | None, unit: str) -> Range | None:
        """Check what the user gave and note it as used."""
        out = check(name, value, self.problems)
        if out is not None:
            self.used[name] = given(name, out, unit)
        return out


@dataclass(frozen=True, slots=True)
class Basis:
    """What is to be computed: FLOP by 6ND or given, or hours."""

    words: str
    flop: Range | None = None
    hours: Range | None = None
    parameters: float | None = None
    mixture: bool = False


def _six_nd(work: Work, run: dict[str, Any] | None, asked: dict[str, Range | None]) -> Basis | None:
    """FLOP from parameters and tokens."""
    total, active, tokens = asked["parameters"], asked["active_parameters"], asked["tokens"]
    if run is not None:
        total = Range.exact(run["parameters"]) if run["parameters"] else None
        active = active or (Range.exact(run["active_parameters"]) if run["active_parameters"] else None)
        tokens = tokens or (Range.exact(run["tokens"]) if run["tokens"] else None)
    if asked["tokens"] is not None and asked["tokens_per_parameter"] is not None:
        work.problems.append(Problem("tokens_per_parameter", "goes without tokens: one says the other", "leave one of the two out"))
    counted = active or total
    if counted is None:
        return None
    if active is not None and total is not None and active.best > total.best:
        work.problems.append(
            Problem(
                "active_parameters", f"must be at most parameters ({total.best:g}); got {active.best:g}", "are the two swapped?"
            )
        )
    if tokens is None and asked["tokens_per_parameter"] is not None:
        tokens = product({"n": (counted, 1.0), "ratio": (asked["tokens_per_parameter"], 1.0)}).range
    if tokens is None:
        if run is None and not any(p.where in ("tokens", "tokens_per_parameter") for p in work.problems):
            work.problems.append(
                Problem(
                    "tokens",
                    "is missing: 6 N D needs what the model was trained on",
                    f"--tokens {20 * counted.best:.3g} is 20 a parameter, about compute-optimal; or --tokens-per-parameter 20",
                )
            )
        return None
    if run is None and tokens.best / counted.best < LEAST_TOKENS_PER_PARAMETER:
        work.problems.append(
            Problem(
                "tokens",
                f"{tokens.best:g} for {counted.best:g} parameters is less than one for 20 parameters",
                f"are the two swapped? A short fine-tuning is --flop {6 * tokens.best * counted.best:.3g}",
            )
        )
    if active is not None and total is not None and active.best < total.best:
        work.notes.append(
            f"a mixture of experts: {active.best:.3g} of {total.best:.3g} parameters are active for a token, and these are counted"
        )
    elif active is None and run is None:
        work.notes.append(
            f"{counted.best:.3g} parameters are taken as dense, all active for each token; "
            "for a mixture of experts give --active-parameters as well"
        )
    flop = product({"six": (Range.exact(6.0), 1.0), "n": (counted, 1.0), "d": (tokens, 1.0)}).range
    return Basis(
        "parameters and tokens (6 N D)",
        flop=flop,
        parameters=counted.best,
        mixture=active is not None and (total is None or active.best < total.best),
    )


def find_basis(work: Work, run: dict[str, Any] | None, asked: dict[str, Range | None]) -> Basis | None:
    """The one thing that says how much is computed."""
    ways = {
        "model": run is not None,
        "parameters": bool(asked["parameters"] or asked["active_parameters"]) and run is None,
        "flop": asked["flop"] is not None,
        "accelerator_hours": asked["accelerator_hours"] is not None,
    }
    chosen = [name for name, there in ways.items() if there]
    if not chosen and asked["count"] and asked["days"]:
        hours = product({"count": (asked["count"], 1.0), "days": (asked["days"].times(24.0), 1.0)}).range
        return Basis("count and days", hours=hours)
    if chosen and asked["count"] and asked["days"]:
        work.problems.append(
            Problem("days", "is one too many: hours and count say how long the run takes", "leave out days or count")
        )
    if len(chosen) != 1:
        if not work.problems:
            what = "are too many: " + " and ".join(chosen) if chosen else "is missing: say what is trained"
            work.problems.append(
                Problem(
                    "what is trained",
                    what,
                    "one of --model; --parameters with --tokens; --flop; --accelerator-hours; --count with --days",
                )
            )
        return None
    if chosen == ["flop"]:
        return Basis("FLOP given", flop=asked["flop"])
    if chosen == ["accelerator_hours"]:
        return Basis("hours given", hours=asked["accelerator_hours"])
    return _six_nd(work, run, asked)


def utilisation(work: Work, basis: Basis, asked: dict[str, Range | None], goodput: Number | str | None) -> dict[str, Range]:
    """Effective MFU, or MFU and goodput."""
    mfu = asked["mfu"]
    if mfu is None:
        name = (
            "mfu_mixture"
            if basis.mixture
            else "mfu_small"
            if basis.parameters is not None and basis.parameters < SMALL
            else "mfu_large"
        )
        if goodput is not None and goodput != "auto":
            check("goodput", goodput, work.problems)  # type: ignore[arg-type]
        if goodput is not None:
            work.problems.append(
                Problem(
                    "goodput",
                    "goes with mfu: the default MFU already counts restarts",
                    "give --mfu as printed while the job ran, or leave both out",
                )
            )
        return {"mfu": work.use(default(name))}
    if goodput is None:
        work.notes.append(
            "mfu is taken over all hours billed, restarts included; "
            "for an MFU printed while the job runs add --goodput 0.85 (0.66 to 0.97 seen)"
        )
        return {"mfu": mfu}
    if goodput == "auto":
        if asked["count"] is None:
            work.problems.append(Problem("goodput", "auto needs count: how many accelerators run at a time"))
            return {"mfu": mfu}
        share = goodput_range(asked["count"].best)
        one = default("interruptions_per_accelerator_hour")
        return {
            "mfu": mfu,
            "goodput": work.use(
                Assumption(name="goodput", range=share, unit="1", claim="assumed", source=f"Young's interval; {one.source}")
            ),
        }
    share_given = work.asked("goodput", goodput, "1")  # type: ignore[arg-type]
    return {"mfu": mfu} if share_given is None else {"mfu": mfu, "goodput": share_given}


def peak_flops(work: Work, chip: Accelerator, precision: str) -> float:
    """Dense peak at a precision [FLOP/s]."""
    precision = precision.lower()
    if precision in ("fp16", "bf16"):
        return chip.peak_flops
    if precision != "fp8":
        work.problems.append(Problem("precision", f"must be bf16, fp16 or fp8; got {precision!r}"))
        return chip.peak_flops
    if chip.peak_fp8_flops is None:
        work.problems.append(
            Problem(
                "precision", f"fp8 is not known for {chip.name}", "bf16 gives the effective MFU on the 16-bit peak, as published"
            )
        )
        return chip.peak_flops
    return chip.peak_fp8_flops


def find_chip(work: Work, name: str | None, run: dict[str, Any] | None, needed: bool) -> Accelerator | None:
    """Chip asked for, else the run's, else the H100 where one is needed."""
    wanted = name or (run["accelerator"] if run else None)
    if wanted is None and needed:
        wanted = "H100"
        work.notes.append("no accelerator given: H100 is assumed")
    if wanted is None:
        return None
    try:
        return catalogue.accelerator(wanted)
    except StudyError as fault:
        work.problems += fault.problems
        return None
