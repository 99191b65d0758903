"""The group of all commands, and the program as a process: streams, interruption, last words."""

from __future__ import annotations

import gc
import gettext
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import NoReturn

# click's own words are translated through gettext, which asks the environment for the language.
os.environ["LANGUAGE"] = "zh_CN"
gettext.bindtextdomain("reportgen", str(Path(__file__).with_name("locale")))
gettext.textdomain("reportgen")

import click  # noqa: E402

from .. import __version__  # noqa: E402
from ..errors import EXIT_CRASH, ReportgenError, escaped, unexpected  # noqa: E402
from .build import build  # noqa: E402
from .commands import extract, new, rules, template  # noqa: E402
from .console import fail, say  # noqa: E402
from .forms import form, make_template, prove_own_forms, take_forms  # noqa: E402
from .merge import merge  # noqa: E402
from .office import office  # noqa: E402
from .validate import validate  # noqa: E402

_EXIT_INTERRUPTED = 130
_ENDING = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name)]
"""Signals that ask a process to end: the system is shut down, the terminal was closed."""
_OBJECTS = 20_000
"""After how many new objects garbage is looked for; form and report are kept, so that there is little."""


@click.group(
    options_metavar="[选项]",
    subcommand_metavar="命令 …",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help="政府信息公开工作年度报告：读取填好的工作簿，核对勾稽关系，生成规定格式的 Word 报告。",
)
@click.version_option(__version__, message="reportgen %(version)s")
@click.pass_context
def cli(context: click.Context) -> None:
    """What all commands have in common."""
    if context.invoked_subcommand != form.name:
        prove_own_forms()


for _command in (new, validate, build, merge, extract, office, template, form, rules):
    cli.add_command(_command)
template.add_command(make_template)
take_forms(cli)


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line and exit; a user never sees a traceback.

    ``REPORTGEN_DEBUG=1`` lets unexpected errors through, for developers.
    """
    # A console of code page 936 cannot show every character; better a ? than no message.
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    gc.set_threshold(_OBJECTS)
    if getattr(sys, "frozen", False) and "--multiprocessing-fork" in sys.argv:
        from multiprocessing import freeze_support  # a worker of batch/ in a single-file program

        freeze_support()
    try:
        with _ending_tidily():
            sys.exit(_run(arguments))
    finally:
        gc.freeze()  # the process ends: nobody needs the last search through all objects


def _run(arguments: list[str] | None) -> int:
    """Run a command; return the exit code."""
    try:
        cli.main(args=arguments, prog_name="reportgen", standalone_mode=False)
    except click.exceptions.Abort:
        fail("已中断。")
        return _EXIT_INTERRUPTED
    except click.ClickException as error:
        _show(error)
        return error.exit_code
    except ReportgenError as error:
        fail(str(error))
        return error.exit_code
    except Exception as error:
        fail(unexpected(error))
        return EXIT_CRASH
    return 0


def _show(error: click.ClickException) -> None:
    """Say what click says of a wrong usage, which may quote a name of a file."""
    said = StringIO()
    error.show(said)
    shown = said.getvalue().rstrip("\n").replace(error.message, escaped(error.message))
    say(shown, err=True, lines=True)


class _Ended(BaseException):
    """The process was asked to end."""

    def __init__(self, number: int) -> None:
        self.number = number


@contextmanager
def _ending_tidily() -> Iterator[None]:
    """Where the process is asked to end, remove what is half written, and then end by that very signal.

    Workers of batch/ see that it is gone and end, too.
    """

    def end(number: int, _: object) -> NoReturn:
        for one in _ENDING:
            signal.signal(one, signal.SIG_IGN)  # one is enough
        raise _Ended(number)

    # What ignores a signal (nohup) or has a way of its own to deal with it keeps it.
    ours = [one for one in _ENDING if signal.getsignal(one) is signal.SIG_DFL]
    for one in ours:
        signal.signal(one, end)
    try:
        yield
    except _Ended as ended:
        signal.signal(ended.number, signal.SIG_DFL)
        os.kill(os.getpid(), ended.number)
    finally:
        for one in ours:
            signal.signal(one, signal.SIG_DFL)
