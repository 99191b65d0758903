"""The group of all commands, and the program as a process: streams, interruption, last words."""

from __future__ import annotations

import gettext
import os
import sys
from pathlib import Path
from typing import NoReturn

# click's own words are translated through gettext, which asks the environment for the language.
os.environ["LANGUAGE"] = "zh_CN"
gettext.bindtextdomain("reportgen", str(Path(__file__).with_name("locale")))
gettext.textdomain("reportgen")

import click  # noqa: E402

from .. import __version__  # noqa: E402
from ..errors import last_words  # noqa: E402
from .build import build  # noqa: E402
from .commands import extract, new, rules, template  # noqa: E402
from .console import fail  # noqa: E402
from .forms import form, make_template, prove_own_forms, take_forms  # noqa: E402
from .office import office  # noqa: E402
from .validate import validate  # noqa: E402

__all__ = ["cli", "main"]

_EXIT_INTERRUPTED = 130


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


for _command in (new, validate, build, extract, office, template, form, rules):
    cli.add_command(_command)
template.add_command(make_template)
take_forms(cli)


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line and exit; a user never sees a traceback.

    ``REPORTGEN_DEBUG=1`` lets unexpected errors through, for developers.
    """
    _soften_streams()
    if getattr(sys, "frozen", False) and "--multiprocessing-fork" in sys.argv:
        from multiprocessing import freeze_support  # a worker of batch/ in a single-file program

        freeze_support()
    try:
        cli.main(args=arguments, prog_name="reportgen", standalone_mode=False)
    except click.exceptions.Abort:
        fail("已中断。")
        sys.exit(_EXIT_INTERRUPTED)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except Exception as error:
        text, code = last_words(error)
        fail(text)
        sys.exit(code)
    sys.exit(0)


def _soften_streams() -> None:
    """A console of code page 936 cannot show every character; better a ? than no message."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
