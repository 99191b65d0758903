"""Makes what IT hands out: ``python scripts/bundle windows|linux PYTHON…``, or ``lock``.  See docs/bundle.zh.md."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import linux
import windows
from contents import digest
from errors import BundleError
from wheels import lock


def main() -> int:
    arguments = _parser().parse_args()
    if arguments.what == "lock":
        lock()
        return 0
    try:
        if not arguments.python.is_file():
            raise BundleError(
                "没有找到 Python 的压缩包。Windows 用 PYTHON_EMBED=、Linux 用 PYTHON_STANDALONE= 写明它的位置，"
                "从哪里取得见 docs/bundle.zh.md"
            )
        print(f"{arguments.python.name}  SHA-256 {digest(arguments.python)}  （请与官方公布的核对）")
        arguments.out.mkdir(parents=True, exist_ok=True)
        made = arguments.make(arguments)
    except (BundleError, OSError) as error:
        print(f"没有做成：{error}。", file=sys.stderr)
        return 1
    for path in made:
        print(f"{path}  {path.stat().st_size / 1e6:.1f} MB  SHA-256 {digest(path)}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    whats = parser.add_subparsers(dest="what", required=True)
    whats.add_parser("lock", help="pin the wheels anew")
    on_windows = whats.add_parser("windows", help="a zip for Windows")
    on_windows.set_defaults(make=lambda a: [windows.make(a.python, a.out, a.level)])
    on_linux = whats.add_parser("linux", help="a tar.gz and a .deb for UOS, Kylin and other Linux")
    on_linux.add_argument("--arch", choices=sorted(linux.MACHINES), default="x86_64")
    on_linux.add_argument("--appid", default=linux.APPID, help="reverse domain name, the name of the .deb")
    on_linux.add_argument("--maintainer", default=linux.MAINTAINER, help="name <mail> in the .deb")
    on_linux.set_defaults(make=lambda a: linux.make(a.python, a.out, a.level, a.arch, a.appid, a.maintainer))
    for one in (on_windows, on_linux):
        one.add_argument("python", type=Path, help="archive of the Python that goes in")
        one.add_argument("-o", "--out", type=Path, default=Path("dist"))
        one.add_argument("--level", type=int, default=6, choices=range(10), help="of compression; 0: none")
    return parser


if __name__ == "__main__":
    sys.exit(main())
