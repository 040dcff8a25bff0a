"""What the doors share: answers to stdout, the rest to stderr, exit codes, progress."""

from __future__ import annotations

import json
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gridroom.cli.language import fault_text, said, words
from gridroom.core.errors import GridroomError, UsageError
from gridroom.core.progress import Listener, Progress

OK, OUR_FAULT, FAIL_IF, INTERRUPTED = 0, 1, 5, 130  # 2 and 3 come with the errors themselves


def say(text: str) -> None:
    """A word to the person, on stderr."""
    print(said(text), file=sys.stderr, flush=True)


def answer(document: dict[str, Any], as_json: bool, readable: Callable[[], str]) -> None:
    """Print the answer: one JSON document, or a readable text."""
    if as_json:
        print(json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1))
    else:
        print(readable())


def guarded(work: Callable[[], int | None]) -> int:
    """Run a command and turn what it raises into a message and an exit code."""
    try:
        return work() or OK
    except GridroomError as fault:
        print(fault_text(fault), file=sys.stderr, flush=True)
        return fault.exit_code
    except KeyboardInterrupt:
        say("interrupted: what was finished is kept; --resume goes on")
        return INTERRUPTED
    except BrokenPipeError:
        return OK
    except OSError as fault:
        if fault.filename is None:
            raise
        say(f"{fault.filename}: {fault.strerror or fault}")
        return OUR_FAULT
    except Exception:  # whatever is left is our fault, and says so
        say(traceback.format_exc())
        say("this is a fault of gridroom, not of your input: please report it with the lines above and the command")
        return OUR_FAULT


def check_out(path: Path | None, *inputs: Path | None) -> None:
    """Refuse, before the work, an hourly file that cannot be written or would replace an input."""
    import os

    if path is None:
        return
    if path.suffix not in (".parquet", ".csv"):
        raise UsageError(f"--out must end in .parquet or .csv; got {path}")
    folder = path.parent
    if not folder.is_dir():
        raise UsageError(f"--out must lie in a folder that exists; {folder} is none")
    if path.is_dir():
        raise UsageError(f"--out must be a file; {path} is a folder")
    if not os.access(path if path.exists() else folder, os.W_OK):
        raise UsageError(f"--out cannot be written: no permission for {path}")
    if any(one is not None and one.exists() and path.exists() and path.samefile(one) for one in inputs):
        raise UsageError(f"--out would replace the input {path}; choose another name")


def tell_of_compiling(kernel: str = "horizon.sample_chunk") -> None:
    """A word when the kernels are not compiled yet: the first command after installation takes about a minute longer."""
    import importlib.util
    import os

    module = kernel.partition(".")[0]
    spec = importlib.util.find_spec(f"gridroom.adequacy.{module}")
    if spec is None or spec.origin is None or "NUMBA_CACHE_DIR" in os.environ:
        return
    if not any((Path(spec.origin).parent / "__pycache__").glob(f"{kernel}*.nbi")):
        say("compiling, once after installation: one to two minutes")


def bar(done: int, total: int, width: int = 16) -> str:
    """Bar of blocks."""
    full = round(width * done / total) if total else width
    return "━" * full + "╌" * (width - full)


def progress_lines(mode: str) -> Listener:
    """Listener for `--progress auto|lines|jsonl|none`; rewrites one line on a terminal, else says little."""
    if mode not in ("auto", "lines", "jsonl", "none"):
        raise UsageError(f"--progress must be auto, lines, jsonl or none; got {mode!r}")
    if mode == "none":
        return lambda progress: None
    live = mode == "auto" and sys.stderr.isatty()
    last = [0.0]

    def listen(progress: Progress) -> None:
        now, finished = time.monotonic(), progress.done >= progress.total
        if mode == "jsonl":
            say(json.dumps({"step": progress.step, "done": progress.done, "total": progress.total,
                            "note": progress.note}))
            return
        if not finished and now - last[0] < (0.2 if live else 10.0):
            return
        last[0] = now
        w = words()
        left = " · " + w("left", seconds=f"{progress.left_s:,.0f}") if progress.elapsed_s > 0 and not finished else ""
        rate = " · " + w("samples_rate", rate=f"{progress.rate_per_s:,.0f}") if progress.elapsed_s > 0 else ""
        step = w(f"step_{progress.step}") if f"step_{progress.step}" in w.table else progress.step
        text = (f"{step} {bar(progress.done, progress.total)} {progress.done:,}/{progress.total:,}{rate}{left}"
                f" · {progress.note}")
        if live:
            print("\r\x1b[K" + text, end="\n" if finished else "", file=sys.stderr, flush=True)
        else:
            say(text)

    return listen
