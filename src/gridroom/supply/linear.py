"""Linear and mixed-integer programs: columns and rows in blocks, solved by HiGHS and kept for what changes next.

The only file that knows the solver [1]_. A program is written once; bounds, costs and right-hand sides then change in place,
and the solver goes on from its last basis.

References
----------
.. [1] Huangfu & Hall 2018, *Parallelizing the dual revised simplex method*, Mathematical Programming Computation 10; HiGHS, MIT.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gridroom.core.errors import GridroomError

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
STATES = {
    "kOptimal": "optimal",
    "kInfeasible": "infeasible",
    "kUnbounded": "unbounded",
    "kUnboundedOrInfeasible": "infeasible",
    "kTimeLimit": "time_limit",
    "kIterationLimit": "iteration_limit",
    "kInterrupt": "interrupted",
    "kMemoryLimit": "memory_limit",
}


class InfeasibleError(GridroomError):
    """No answer meets all limits, or the solver stopped at one of its own."""

    exit_code = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the solver found.

    Attributes
    ----------
    status : str
        `optimal`, `infeasible`, `unbounded`, `time_limit`, `iteration_limit`, `memory_limit`, `interrupted`.
    objective : float
        NaN where there is no feasible point.
    values : float array (columns,)
    duals : float array (rows,)
        Change of the objective per unit of a row's bound.
    gap : float
        Relative gap left with whole numbers; 0 for linear programs.
    seconds : float
    iterations : int
    """

    status: str
    objective: float
    values: Floats
    duals: Floats
    gap: float
    seconds: float
    iterations: int


@dataclass(slots=True)
class _Block:
    rows: list[Ints] = field(default_factory=list)
    columns: list[Ints] = field(default_factory=list)
    values: list[Floats] = field(default_factory=list)


def _filled(value: ArrayLike, count: int) -> Floats:
    return np.array(np.broadcast_to(np.asarray(value, np.float64), (count,)))


@contextlib.contextmanager
def _stdout_closed() -> Iterator[None]:
    """Keep the solver's banner, printed below Python as it is made, off stdout: the answer alone goes there."""
    sys.stdout.flush()
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


class Program:
    """A program under construction, and the solver that keeps it."""

    def __init__(self) -> None:
        self._cost: list[Floats] = []
        self._column_lower: list[Floats] = []
        self._column_upper: list[Floats] = []
        self._whole: list[Ints] = []
        self._row_lower: list[Floats] = []
        self._row_upper: list[Floats] = []
        self._block = _Block()
        self.column_count = 0
        self.row_count = 0
        self.offset = 0.0
        self._solver: Any = None

    def columns(
        self, count: int, cost: ArrayLike = 0.0, lower: ArrayLike = 0.0, upper: ArrayLike = np.inf, whole: bool = False
    ) -> Ints:
        """New columns; returns their numbers."""
        new = np.arange(self.column_count, self.column_count + count, dtype=np.int32)
        self._cost.append(_filled(cost, count))
        self._column_lower.append(_filled(lower, count))
        self._column_upper.append(_filled(upper, count))
        if whole:
            self._whole.append(new)
        self.column_count += count
        return new

    def rows(self, count: int, lower: ArrayLike, upper: ArrayLike, *terms: tuple[ArrayLike, ArrayLike]) -> Ints:
        """New rows `lower <= sum of coefficient * column <= upper`; each term is (columns, coefficients), broadcast over the rows.

        Terms of shape (n, count) add n entries to each row.
        """
        new = np.arange(self.row_count, self.row_count + count, dtype=np.int32)
        self._row_lower.append(_filled(lower, count))
        self._row_upper.append(_filled(upper, count))
        self.row_count += count
        for columns, values in terms:
            self.entries(new, columns, values)
        return new

    def sums(self, lower: float, upper: float, *terms: tuple[ArrayLike, ArrayLike]) -> int:
        """One row over many columns; returns its number."""
        row = int(self.rows(1, lower, upper)[0])
        for columns, values in terms:
            self.entries(row, columns, values)
        return row

    def entries(self, rows: ArrayLike, columns: ArrayLike, values: ArrayLike) -> None:
        """Coefficients into rows, before the first solution."""
        shape = np.broadcast_shapes(np.shape(rows), np.shape(columns), np.shape(values))
        block = self._block
        block.rows.append(np.broadcast_to(np.asarray(rows, np.int32), shape).ravel())
        block.columns.append(np.broadcast_to(np.asarray(columns, np.int32), shape).ravel())
        block.values.append(np.broadcast_to(np.asarray(values, np.float64), shape).ravel())

    def _load(self) -> Any:
        import highspy
        from scipy import sparse

        block = self._block
        matrix = sparse.csc_matrix(
            (np.concatenate(block.values), (np.concatenate(block.rows), np.concatenate(block.columns))),
            shape=(self.row_count, self.column_count),
        )
        matrix.eliminate_zeros()
        self._block = _Block()
        with _stdout_closed():
            make: Any = highspy.Highs
            solver = make()
        solver.setOptionValue("output_flag", False)
        program = highspy.HighsLp()
        program.num_col_, program.num_row_ = self.column_count, self.row_count
        program.col_cost_ = np.concatenate(self._cost)
        program.col_lower_, program.col_upper_ = np.concatenate(self._column_lower), np.concatenate(self._column_upper)
        program.row_lower_, program.row_upper_ = np.concatenate(self._row_lower), np.concatenate(self._row_upper)
        program.offset_ = self.offset
        program.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        program.a_matrix_.start_, program.a_matrix_.index_ = matrix.indptr, matrix.indices
        program.a_matrix_.value_ = matrix.data
        # Presolve costs more than it saves on these programs, and a basis is kept only without it.
        solver.setOptionValue("presolve", "off")
        solver.passModel(program)
        return solver

    @property
    def whole(self) -> Ints:
        """Columns that must be whole numbers."""
        return np.concatenate(self._whole) if self._whole else np.zeros(0, np.int32)

    def solver(self) -> Any:
        """The solver, with the program in it."""
        if self._solver is None:
            self._solver = self._load()
        return self._solver

    def bound_columns(self, columns: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> None:
        """New bounds of columns."""
        which = np.atleast_1d(np.asarray(columns, np.int32))
        self.solver().changeColsBounds(len(which), which, _filled(lower, len(which)), _filled(upper, len(which)))

    def bound_row(self, row: int, lower: float, upper: float) -> None:
        """New bounds of one row."""
        self.solver().changeRowBounds(int(row), float(lower), float(upper))

    def price(self, columns: ArrayLike, cost: ArrayLike) -> None:
        """New costs of columns."""
        which = np.atleast_1d(np.asarray(columns, np.int32))
        self.solver().changeColsCost(len(which), which, _filled(cost, len(which)))

    def costs(self) -> Floats:
        """Costs as they stand."""
        return np.array(self.solver().getLp().col_cost_)

    def bounds(self) -> tuple[Floats, Floats]:
        """Lower and upper bounds of the columns as they stand."""
        program = self.solver().getLp()
        return np.array(program.col_lower_), np.array(program.col_upper_)

    def solve(self, time_limit_s: float = np.inf) -> Answer:
        """Solve with whole numbers let go, from the last basis where there is one; `branching.solve_whole` keeps them whole.

        Parameters
        ----------
        time_limit_s : float
            Seconds after which the solver stops.
        """
        started = time.perf_counter()
        solver = self.solver()
        clock = solver.getRunTime()  # the solver's own clock runs on over calls
        solver.setOptionValue("time_limit", float(clock + time_limit_s) if np.isfinite(time_limit_s) else float("inf"))
        solver.run()
        state = str(solver.getModelStatus()).rpartition(".")[2]
        info, point = solver.getInfo(), solver.getSolution()
        known = STATES.get(state, state) == "optimal"
        return Answer(
            status=STATES.get(state, state),
            objective=float(info.objective_function_value) if known else float("nan"),
            values=np.array(point.col_value) if known else np.zeros(0),
            duals=np.array(point.row_dual) if known else np.zeros(0),
            gap=0.0,
            seconds=time.perf_counter() - started,
            iterations=max(int(info.simplex_iteration_count), 0),
        )


__all__ = ["Answer", "InfeasibleError", "Program"]
