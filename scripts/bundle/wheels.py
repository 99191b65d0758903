"""Wheels of exactly the bundle's Python and system: pinned with their hashes, downloaded, unpacked, compiled."""

from __future__ import annotations

import configparser
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections import defaultdict
from email import message_from_bytes
from pathlib import Path
from typing import NamedTuple

from archives import normalise
from errors import BundleError

__all__ = ["TARGETS", "Target", "Wheel", "compile_tree", "download", "lock", "own_wheel", "unpack"]

ROOT = Path(__file__).parent.parent.parent
LOCKS = Path(__file__).with_name("locks")
LOCKED_PYTHONS = ("3.11", "3.12", "3.13")
"""Versions of Python whose wheels the lock files know."""


class Target(NamedTuple):
    """A system and processor that bundles are made for.

    ``platforms`` are pip's names of it: those of Linux ask for a glibc of 2.17 at most.
    """

    name: str
    platforms: tuple[str, ...]

    @property
    def lock(self) -> Path:
        return LOCKS / f"{self.name}.txt"


TARGETS = {
    target.name: target
    for target in (
        Target("windows-x64", ("win_amd64",)),
        Target("linux-x86_64", ("manylinux2014_x86_64", "manylinux_2_17_x86_64")),
        Target("linux-aarch64", ("manylinux2014_aarch64", "manylinux_2_17_aarch64")),
    )
}


class Wheel(NamedTuple):
    """A wheel as the list of components names it."""

    name: str
    version: str
    licence: str
    digest: str


def download(target: Target, python: str, folder: Path) -> list[Path]:
    """Fetch the pinned wheels of the dependencies; a hash that differs stops it.

    Args:
        target: the system.
        python: as in ``3.11``.
        folder: where to put them.
    """
    if python not in LOCKED_PYTHONS:
        known = "、".join(LOCKED_PYTHONS)
        raise BundleError(f"依赖包清单里有 Python {known} 的，没有 {python} 的。请换用其中一版")
    _pip_download(target, python, folder, "--no-deps", "--require-hashes", "-r", str(target.lock))
    return sorted(folder.glob("*.whl"))


def _pip_download(target: Target, python: str, folder: Path, *what: str) -> None:
    platforms = [word for platform in target.platforms for word in ("--platform", platform)]
    _run(
        "依赖包没有取齐。请看上面 pip 的话；内网用 PIP_INDEX_URL 指定镜像",
        "-m", "pip", "download", "-q", "--disable-pip-version-check", "--dest", str(folder), *platforms,
        "--python-version", python, "--implementation", "cp", "--only-binary=:all:", *what,
    )  # fmt: skip


def _run(failure: str, *command: str, **environment: str) -> None:
    done = subprocess.run(
        [sys.executable, *command], env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.stderr.write(done.stdout + done.stderr)
        raise BundleError(failure)


def lock() -> None:
    """Write the lock files anew: the newest wheels that the dependencies of setup.cfg allow today."""
    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg", encoding="utf-8")
    lines = [*parser["options"]["install_requires"].split("\n"), *parser["options.extras_require"]["all"].split("\n")]
    # With a marker: for Pythons older than any that goes into a bundle.
    wanted = [line for line in lines if line and ";" not in line]
    for target in TARGETS.values():
        pins: dict[str, set[str]] = defaultdict(set)
        for python in LOCKED_PYTHONS:
            with tempfile.TemporaryDirectory() as scratch:
                _pip_download(target, python, Path(scratch), *wanted)
                for path in Path(scratch).iterdir():
                    wheel = describe(path)
                    pins[f"{wheel.name}=={wheel.version}"].add(wheel.digest)
        names = [pin.split("==")[0] for pin in pins]
        if len(set(names)) < len(names):
            raise BundleError(f"各版 Python 的依赖版本不一致：{sorted(pins)}")
        text = "".join(
            f"{pin} \\\n" + " \\\n".join(f"    --hash=sha256:{digest}" for digest in sorted(digests)) + "\n"
            for pin, digests in sorted(pins.items(), key=lambda item: item[0].lower())
        )
        target.lock.parent.mkdir(exist_ok=True)
        target.lock.write_text(f"# Python {', '.join(LOCKED_PYTHONS)}; written by make bundle-lock\n{text}")


def describe(path: Path) -> Wheel:
    """Read name, version and licence out of a wheel."""
    with zipfile.ZipFile(path) as archive:
        (name,) = (n for n in archive.namelist() if n.endswith(".dist-info/METADATA") and n.count("/") == 1)
        fields = message_from_bytes(archive.read(name))
    named = [line.rpartition(" :: ")[2] for line in fields.get_all("Classifier", []) if line.startswith("License ::")]
    licence = fields["License-Expression"] or "、".join(named) or (fields["License"] or "").partition("\n")[0]
    return Wheel(fields["Name"], fields["Version"], licence, hashlib.sha256(path.read_bytes()).hexdigest())


def own_wheel(folder: Path, date: int) -> Path:
    """Build this project's wheel from a copy of what belongs to it: a build folder left behind has no say.

    Args:
        folder: where to put it.
        date: that its files bear, in seconds.
    """
    with tempfile.TemporaryDirectory() as scratch:
        for name in ("reportgen", "templates"):
            shutil.copytree(ROOT / name, Path(scratch, name), ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("setup.cfg", "pyproject.toml", "README.md", "LICENSE"):
            shutil.copy(ROOT / name, scratch)
        normalise(Path(scratch), date)
        _run(
            "reportgen 的安装包没有做成",
            "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), scratch, SOURCE_DATE_EPOCH=str(date),
        )  # fmt: skip
    (wheel,) = folder.glob("reportgen-*.whl")
    return wheel


def unpack(wheels: list[Path], site_packages: Path) -> None:
    """Unpack wheels as an installer does, but for their scripts, which would name this machine's Python."""
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as archive:
            for member in archive.infolist():
                top, _, rest = member.filename.partition("/")
                if not top.endswith(".data"):
                    archive.extract(member, site_packages)
                elif not rest.startswith("scripts/"):
                    raise BundleError(f"{wheel.name} 里有不认识的内容：{member.filename}")


def compile_tree(folder: Path, python: str, *own: str) -> None:
    """Compile to byte code that is the same on every machine and is not looked up again: a start takes a third.

    Args:
        folder: compiled with all that is in it.
        python: version of the bundle's Python, as in ``3.11``; the byte code is good for that one only.
        own: the bundle's own interpreter, if it may run here.
    """
    here = sys.executable if python == f"{sys.version_info.major}.{sys.version_info.minor}" else None
    interpreter = here or shutil.which(f"python{python}") or next(iter(own), None)
    if interpreter is None:
        raise BundleError(
            f"预先编译要用 Python {python}，这台电脑上没有。请安装 python{python}，"
            f"或者换用 Python {sys.version_info.major}.{sys.version_info.minor} 的压缩包"
        )
    done = subprocess.run(
        [interpreter, "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash",
         "-s", str(folder), "-p", "lib", str(folder)],
        env={**os.environ, "PYTHONHASHSEED": "0"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise BundleError(f"预先编译没有完成：{done.stdout}{done.stderr}")
