"""Many files: order, isolation, and the same result as one by one."""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from reportgen.api import build, read_report
from reportgen.batch import Outcome, build_many, check_many, run_many
from reportgen.cli import cli
from reportgen.errors import InputError, OutputError
from reportgen.sources.job import Limits, limits

EXAMPLE = Path(__file__).parent.parent / "examples" / "liwan-2024.xlsx"


def folders(tmp_path: Path, count: int) -> list[Path]:
    """The same workbook in folders of its own, so that each report has its place."""
    paths = [tmp_path / str(n) / "甲.xlsx" for n in range(count)]
    for path in paths:
        path.parent.mkdir()
        shutil.copyfile(EXAMPLE, path)
    return paths


def late_first(path: Path) -> str:
    time.sleep(0.05 if path.name in ("0", "1") else 0)
    return path.name * 2


def troubled(path: Path) -> str:
    if path.name == "dies":
        os._exit(9)
    if path.name == "user":
        raise InputError("读不了")
    if path.name == "bug":
        raise KeyError("x")
    return path.name


@pytest.mark.parametrize("processes", [1, 2, 3])
def test_results_come_in_the_order_of_the_files(processes: int) -> None:
    paths = [Path(str(n)) for n in range(50)]
    outcomes = list(run_many(late_first, paths, processes=processes))
    assert outcomes == [Outcome(path, path.name * 2) for path in paths]


def test_nothing_to_do() -> None:
    assert list(run_many(late_first, [], processes=2)) == []


def whose(path: Path) -> int:
    return os.getpid()


def test_few_files_start_no_process() -> None:
    assert [o.value for o in run_many(whose, [Path("a")] * 7)] == [os.getpid()] * 7
    assert os.getpid() not in [o.value for o in run_many(whose, [Path("a")] * 7, processes=2)]


@pytest.mark.parametrize("processes", [1, 2])
def test_a_failure_stops_nobody(processes: int) -> None:
    names = ["a", "user", "b", "bug", "c"] * 4
    outcomes = list(run_many(troubled, [Path(n) for n in names], processes=processes))
    assert [o.value for o in outcomes] == ["a", None, "b", None, "c"] * 4
    assert {(o.error, o.exit_code) for o in outcomes[1::5]} == {("读不了", InputError.exit_code)}
    assert {o.exit_code for o in outcomes[3::5]} == {3}
    assert all("KeyError" in o.error and "“bug”没有处理" in o.error for o in outcomes[3::5])


def test_developers_see_the_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPORTGEN_DEBUG", "1")
    with pytest.raises(KeyError):
        list(run_many(troubled, [Path("bug")]))


@pytest.mark.slow
@pytest.mark.parametrize("places", [[0], [13], [49], [5, 6, 40]])
def test_a_process_that_dies_costs_its_file_only(places: list[int]) -> None:
    paths = [Path("dies" if n in places else f"n{n}") for n in range(50)]
    outcomes = list(run_many(troubled, paths, processes=2))
    assert [o.path for o in outcomes] == paths
    assert [n for n, o in enumerate(outcomes) if o.value is None] == places
    assert all("意外结束" in outcomes[n].error and outcomes[n].exit_code == 3 for n in places)


def test_the_same_files_as_one_by_one(tmp_path: Path) -> None:
    paths = folders(tmp_path, 5)
    outcomes = list(build_many(paths, processes=2))
    written = [file.path for o in outcomes if o.value for file in o.value.files]
    assert [p.parent for p in written] == [p.parent for p in paths]
    result = build(read_report(EXAMPLE), tmp_path)
    assert result.path is not None
    assert {p.name for p in written} == {result.path.name}
    compared = {(file.compared, o.value.status) for o in outcomes if o.value for file in o.value.files}
    assert compared == {(result.compared, result.status)}
    own = build(read_report(paths[0]), force=True)
    assert own.copy is None, "already there, byte for byte"
    assert {p.read_bytes() for p in written} == {written[0].read_bytes()}


def test_without_shared_memory_one_file_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(*_: object) -> None:
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr("reportgen.batch.workers.Workers", nowhere)
    outcomes = list(check_many([EXAMPLE, EXAMPLE], processes=2))
    assert [outcome.value is not None for outcome in outcomes] == [True, True]


@pytest.mark.parametrize("processes", [1, 2])
def test_workbooks_of_one_report_meet_in_their_order(tmp_path: Path, processes: int) -> None:
    paths = folders(tmp_path, 4)
    paths[1].write_bytes(b"no workbook")
    out = tmp_path / "out"
    out.mkdir()
    outcomes = list(build_many(paths, out, processes=processes))
    assert [bool(o.value) for o in outcomes] == [True, False, False, False]
    assert [o.exit_code for o in outcomes] == [0, InputError.exit_code, OutputError.exit_code, OutputError.exit_code]
    assert len(list(out.iterdir())) == 1


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("as_json", [False, True])
def test_workers_that_start_from_nothing(tmp_path: Path, as_json: bool) -> None:
    """As on Windows, and wherever this process has threads."""
    paths = [EXAMPLE, tmp_path / "没有.xlsx"]
    here = list(check_many(paths, processes=1, as_json=as_json))
    end = threading.Event()
    threading.Thread(target=end.wait).start()
    try:
        assert list(check_many(paths, processes=2, as_json=as_json)) == here
    finally:
        end.set()
    assert here[0].value
    assert bool(here[0].value.lines) is not as_json, "JSON is made where it is asked for, and nothing else"
    assert (here[0].value.document is not None) is as_json
    assert "没有.xlsx" in here[1].error


@pytest.mark.slow
def test_the_command_line_says_the_same_either_way(tmp_path: Path) -> None:
    """On all processors and, if the system lets us choose, on one: then in this process alone."""
    paths = folders(tmp_path, 8)
    paths[3].write_bytes(b"")
    said = []
    allowed = os.sched_getaffinity(0)
    for processors in (allowed, {min(allowed)}):
        os.sched_setaffinity(0, processors)
        try:
            for command in (["validate"], ["validate", "--format", "json"], ["build", "--force"]):
                result = CliRunner().invoke(cli, [*command, *map(str, paths)])
                assert result.exit_code == InputError.exit_code, result.output
                said.append(result.output)
        finally:
            os.sched_setaffinity(0, allowed)
    assert said[:3] == said[3:]
    assert said[0].index("空文件") > 0


# --------------------------------------------------------------------------- the main process ends

ENDLESS = """
import os, sys, time
from pathlib import Path
from reportgen.batch import run_many

def endless(path):
    (Path(sys.argv[1]) / str(os.getpid())).touch()
    time.sleep(600)

if __name__ == "__main__":
    {before}
    list(run_many(endless, [Path(str(n)) for n in range(20)], processes=3))
"""
HANDLED = "from reportgen.cli import app; app.cli.main = lambda **_: list(run_many(endless, [Path(str(n)) for n in range(20)], processes=3)); app.main([])"
SPAWNED = "import threading; threading.Thread(target=time.sleep, args=(600,), daemon=True).start()"


def alive(pid: int) -> bool:
    """Tell whether a process runs; one that ended and that nobody asked for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def until(true: Callable[[], bool], seconds: float = 30) -> bool:
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.05)
    return true()


def ended_by(number: signal.Signals, folder: Path, code: str, count: int = 3) -> int:
    """Start a script, send it a signal when its processes are at work; return its code when all have ended."""
    script, started = folder / "endless.py", folder / "pids"
    script.write_text(code, encoding="utf-8")
    started.mkdir()
    with subprocess.Popen([sys.executable, str(script), str(started)], stderr=subprocess.PIPE) as run:
        try:
            assert until(lambda: len(list(started.iterdir())) == count)
            workers = [int(path.name) for path in started.iterdir()]
            assert all(map(alive, workers))
            run.send_signal(number)
            ended = run.wait(20)
            assert until(lambda: not any(map(alive, workers)))
            return ended
        finally:
            run.kill()
            for path in started.iterdir():
                if alive(int(path.name)):
                    os.kill(int(path.name), signal.SIGKILL)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="/proc")
@pytest.mark.parametrize(
    ("number", "before"),
    [
        (signal.SIGKILL, ""), (signal.SIGKILL, SPAWNED), (signal.SIGTERM, HANDLED), (signal.SIGHUP, HANDLED),
        (signal.SIGTERM, SPAWNED),
    ],
    ids=["killed", "killed spawned", "ended", "hung up", "ended spawned"],
)  # fmt: skip
def test_workers_end_with_the_main_process(tmp_path: Path, number: signal.Signals, before: str) -> None:
    assert ended_by(number, tmp_path, ENDLESS.format(before=before)) == -number


INTERRUPTED = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
CONFINED = """
from reportgen.sources.confined import run_confined
def read(data, name):
    endless(Path("0"))
def work(path):
    return run_confined(read, b"", "甲.pdf")
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="/proc")
@pytest.mark.parametrize("before", [INTERRUPTED, f"{INTERRUPTED}; {SPAWNED}"], ids=["copied", "spawned"])
def test_who_interrupts_waits_for_nobody(tmp_path: Path, before: str) -> None:
    assert ended_by(signal.SIGINT, tmp_path, ENDLESS.format(before=before)) == -signal.SIGINT


@pytest.mark.skipif(sys.platform != "linux", reason="/proc")
def test_a_file_read_in_a_process_of_its_own_ends_with_the_main_process(tmp_path: Path) -> None:
    script = ENDLESS.format(before="").replace("if __name__", CONFINED + "if __name__")
    script = script.replace("list(run_many(endless", "list(run_many(work")
    assert ended_by(signal.SIGKILL, tmp_path, script) == -signal.SIGKILL


def test_the_limits_of_a_process_on_windows() -> None:
    """Sizes and places as of the system's header on 64 bits."""
    found = limits(400 << 20, 10.0)
    assert ctypes.sizeof(Limits) == 144
    assert (Limits.ProcessMemoryLimit.offset, found.ProcessMemoryLimit) == (112, 400 << 20)
    assert found.BasicLimitInformation.LimitFlags == 0x2502
    assert found.BasicLimitInformation.PerProcessUserTimeLimit == 100_000_000
    assert type(found.BasicLimitInformation).LimitFlags.offset == 16
