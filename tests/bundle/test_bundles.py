"""The bundles that IT hands out: what is in them, the same bytes twice, and the Linux ones at work in a bare system."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

import docx
import pytest

pytestmark = pytest.mark.bundle

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
BUNDLE = ROOT / "scripts/bundle"
EMBED = ROOT / ".office/python-embed-amd64.zip"
STANDALONE = ROOT / ".office/python-standalone.tar.gz"
EXAMPLE = ROOT / "examples/liwan-2024.xlsx"
NAME = "年度报告工具"
APPID = "local.reportgen.office"
TITLE = "广州市荔湾区人民政府2024年政府信息公开工作年度报告"
LAUNCHERS = {"检查（不生成）": "check", "生成报告": "build", "汇总本文件夹": "merge"}
ARCH = os.uname().machine


class Made(NamedTuple):
    """The bundles of one run."""

    windows: Path
    tar: Path
    deb: Path


def make(
    *arguments: str | Path, folder: Path = ROOT, umask: int = 0o22, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, BUNDLE, *arguments], env={**os.environ, **environment}, umask=umask, cwd=folder,
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def make_all(out: Path, folder: Path = ROOT, umask: int = 0o22, **environment: str) -> Made:
    def one(*arguments: str | Path) -> None:
        done = make(*arguments, "-o", out, "--level", "1", folder=folder, umask=umask, **environment)
        assert done.returncode == 0, done.stderr

    with ThreadPoolExecutor() as pool:
        runs = [pool.submit(one, "windows", EMBED), pool.submit(one, "linux", STANDALONE, "--arch", ARCH)]
        for run in runs:
            run.result()
    (windows,), (tar,), (deb,) = (sorted(out.glob(f"*.{kind}")) for kind in ("zip", "tar.gz", "deb"))
    return Made(windows, tar, deb)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make_all(tmp_path_factory.mktemp("made"))


@pytest.fixture(scope="session")
def unzipped(made: Made, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("zip")
    # The program that people use, and that garbles Chinese names in archives not made for it.
    subprocess.run(["unzip", "-q", made.windows, "-d", folder], check=True)
    return folder / NAME


@pytest.fixture(scope="session")
def untarred(made: Made, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tar")
    subprocess.run(["tar", "-xzf", made.tar, "-C", folder], check=True)
    return folder / NAME


@pytest.fixture(scope="session")
def app(made: Made, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the .deb installs, as /opt/apps/ID."""
    folder = tmp_path_factory.mktemp("deb")
    subprocess.run(["dpkg-deb", "-x", made.deb, folder], check=True)
    assert [str(p.relative_to(folder)) for p in folder.glob("*/*")] == ["opt/apps"]
    return folder / "opt/apps" / APPID


def files(folder: Path) -> set[str]:
    return {str(p.relative_to(folder)) for p in folder.rglob("*") if not p.is_dir()}


# What is in them


def test_same_bytes_twice(made: Made, tmp_path: Path) -> None:
    again = make_all(tmp_path, tmp_path, 0o77, TZ="America/New_York", LC_ALL="C", PYTHONHASHSEED="7")
    for one, other in zip(made, again, strict=True):
        assert one.name == other.name
        assert hashlib.sha256(one.read_bytes()).digest() == hashlib.sha256(other.read_bytes()).digest(), one.name


def test_windows_holds_what_a_clerk_needs(unzipped: Path) -> None:
    top = {p.name for p in unzipped.iterdir()}
    rest = {"使用说明", "使用说明.html", "python", "forms", "模板", "空白表", "资料"}
    assert top == {f"{name}.bat" for name in LAUNCHERS} | rest
    assert {"空白表/空白工作簿.xlsx", "forms/说明.txt", "模板/report-2021.docx", "资料/组件清单.txt"} <= files(unzipped)
    for name, do in LAUNCHERS.items():
        script = (unzipped / f"{name}.bat").read_bytes()
        assert script.isascii()
        assert script.count(b"\n") == script.count(b"\r\n")
        assert re.findall(rb'set "DO=(\w+)"', script) == [do.encode()]
    assert "重新解压一次" in (unzipped / "python/not-found.txt").read_text("gbk")
    (paths,) = (unzipped / "python").glob("python*._pth")
    assert paths.read_text("ascii").split() == [f"{paths.stem}.zip", ".", "Lib\\site-packages"]


def test_windows_libraries_are_of_windows_and_of_this_python(unzipped: Path) -> None:
    libraries = [p for p in unzipped.rglob("*") if p.suffix in (".pyd", ".dll")]
    assert len(libraries) >= 40
    for path in libraries:
        data = path.read_bytes()
        (header,) = struct.unpack_from("<I", data, 0x3C)
        assert struct.unpack_from("<H", data, header + 4) == (0x8664,), path.name
        assert "cp311-win_amd64" in path.name or ".cp3" not in path.name
    assert not list(unzipped.rglob("*.so"))


def test_linux_holds_what_a_clerk_needs(untarred: Path) -> None:
    assert {f"{name}.sh" for name in LAUNCHERS} | {
        "使用说明.html",
        "空白表/空白工作簿.xlsx",
        "forms/说明.txt",
    } <= files(untarred)
    for name, do in LAUNCHERS.items():
        script = (untarred / f"{name}.sh").read_bytes()
        assert script.isascii()
        assert f"--do {do} ".encode() in script
        assert os.access(untarred / f"{name}.sh", os.X_OK)


def test_linux_libraries_need_no_newer_system(untarred: Path) -> None:
    """Of the packages; the stand-in of a standalone Python is this machine's own."""
    (site,) = untarred.glob("python/lib/python3.*/site-packages")
    libraries = [p for p in site.rglob("*") if ".so" in p.suffixes]
    assert len(libraries) > 15
    wanted = subprocess.run(["objdump", "-T", *libraries], capture_output=True, text=True, check=True).stdout
    versions = {tuple(map(int, v.split("."))) for v in re.findall(r"\(GLIBC_([\d.]+)\)", wanted)}
    assert (2, 2, 5) in versions or (2, 17) in versions
    assert max(versions) <= (2, 17)


@pytest.mark.parametrize("bundle", ["unzipped", "untarred", "app"])
def test_nothing_of_this_machine(bundle: str, request: pytest.FixtureRequest) -> None:
    folder = request.getfixturevalue(bundle)
    names = {str(ROOT).encode(), sys.executable.encode(), b"direct_url"}
    for path in folder.rglob("*"):
        if path.is_file() and not (path.suffix == ".so" or ".so." in path.name or path.parent.name == "bin"):
            data = path.read_bytes()
            assert not [name for name in names if name in data], path


@pytest.mark.parametrize("bundle", ["unzipped", "untarred"])
def test_pages_lead_to_each_other(bundle: str, request: pytest.FixtureRequest) -> None:
    folder = request.getfixturevalue(bundle)
    pages = [p for p in folder.rglob("*.html") if "python" not in p.relative_to(folder).parts]
    assert len(pages) == 6
    for page in pages:
        text = page.read_text("utf-8")
        assert text.count("<h2>") > 1
        for target in re.findall(r'href="([^"#]+)"', text):
            assert "://" in target or (page.parent / unquote(target)).exists(), f"{page.name}: {target}"
    assert "<table>" in (folder / "使用说明.html").read_text("utf-8")
    for name in ("填报", "审核", "技术"):
        page = (folder / f"使用说明/{name}.html").read_text("utf-8")
        pictures = page.count('src="data:image/png;base64,')
        assert pictures == page.count("<img") > 0
        assert len(docx.Document(str(folder / f"使用说明/{name}.docx")).inline_shapes) == pictures


@pytest.mark.parametrize("bundle", ["unzipped", "untarred"])
def test_components(bundle: str, request: pytest.FixtureRequest) -> None:
    folder = request.getfixturevalue(bundle)
    text = (folder / "资料/组件清单.txt").read_text("utf-8-sig")
    packages = [p.name.split("-")[0] for p in folder.rglob("*.dist-info")]
    listed = {re.sub(r"\W", "_", line.split("  ")[0].lower()) for line in text.splitlines()}
    assert len(packages) > 15
    assert {re.sub(r"\W", "_", name.lower()) for name in packages} <= listed
    given = EMBED if bundle == "unzipped" else STANDALONE
    assert hashlib.sha256(given.read_bytes()).hexdigest() in text


# What is refused


def refused(tmp_path: Path, *arguments: str | Path) -> str:
    done = make(*arguments, "-o", tmp_path / "out")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert not list((tmp_path / "out").glob("*")), "nothing half made"
    return done.stderr


def test_other_archives_are_refused(tmp_path: Path) -> None:
    assert "没有找到 Python 的压缩包" in refused(tmp_path, "windows", "")
    assert "打不开" in refused(tmp_path, "windows", EXAMPLE.with_name("make.py"))
    assert "不是 Windows embeddable package" in refused(tmp_path, "windows", EXAMPLE)
    assert "打不开" in refused(tmp_path, "linux", EXAMPLE)
    other = {"x86_64": "aarch64", "aarch64": "x86_64"}[ARCH]
    assert f"不是 {other} 的" in refused(tmp_path, "linux", STANDALONE, "--arch", other)
    thirty_two = tmp_path / "python-3.11.9-embed-win32.zip"
    with zipfile.ZipFile(EMBED) as given, zipfile.ZipFile(thirty_two, "w") as archive:
        for name in ("python.exe", "python311._pth", "python311.dll"):
            data = given.read(name)
            header = struct.unpack_from("<I", data, 0x3C)[0] if name.endswith(".dll") else 0
            archive.writestr(name, data[: header + 4] + b"\x4c\x01" + data[header + 6 :] if header else data)
    assert "不是 64 位" in refused(tmp_path, "windows", thirty_two)


# The .deb


def test_deb_is_in_the_manner_of_uos(made: Made, app: Path) -> None:
    assert {p.name for p in app.iterdir()} == {"entries", "files", "info"}
    info = json.loads((app / "info").read_text("utf-8"))
    fields = subprocess.run(["dpkg-deb", "-f", made.deb], capture_output=True, text=True, check=True).stdout
    assert f"Package: {info['appid']}\nVersion: {info['version']}\nArchitecture: {info['arch'][0]}\n" in fields
    assert "Depends: libc6 (>= 2.17), libgcc-s1 | libgcc1\n" in fields
    assert re.fullmatch(r"\d+\.\d+\.\d+\.\d+", info["version"])
    assert not any(info["permissions"].values())
    parts = subprocess.run(["dpkg-deb", "--ctrl-tarfile", made.deb], capture_output=True, check=True).stdout
    inside = subprocess.run(["tar", "-t"], input=parts, capture_output=True, check=True).stdout.decode().split()
    assert set(inside) == {"./", "./control", "./md5sums"}, "no script that changes the system"


def test_entries_of_the_start_menu(app: Path, untarred: Path) -> None:
    entries = sorted((app / "entries/applications").iterdir())
    assert len(entries) == 4
    assert all(entry.name.startswith(APPID) for entry in entries)
    done = subprocess.run(
        ["desktop-file-validate", *entries, *untarred.glob("entries/*.desktop")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "")
    for entry in entries:
        (target,) = re.findall(rf'"/opt/apps/{APPID}/(.*)"', entry.read_text("utf-8"))
        assert (app / target).exists()


def test_lintian(made: Made) -> None:
    done = subprocess.run(
        ["lintian", "--fail-on", "error,warning", "--allow-root",
         "--suppress-tags-from-file", BUNDLE / "lintian-accepted.txt", made.deb],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


# At work in a bare system


class System(NamedTuple):
    """A Debian without Python, and what is in it before the clerk does anything."""

    root: Path
    before: Mapping[str, bytes]

    def run(self, command: str, *arguments: str, **environment: str) -> tuple[int, str]:
        """As an ordinary user, without network."""
        variables = [f"{name}={value}" for name, value in {"PATH": "/bin", "LC_ALL": "C.UTF-8", **environment}.items()]
        done = subprocess.run(
            ["sh", HERE / "enter.sh", self.root, "env", "-i", *variables, command, *arguments],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout.decode("utf-8")

    @property
    def home(self) -> Path:
        return self.root / "home/clerk"

    def own(self, path: Path) -> None:
        for one in [path, *path.rglob("*")]:
            os.lchown(one, 65534, 65534)

    def written_elsewhere(self) -> set[str]:
        """What was written outside the user's home."""
        now = state(self.root)
        return {name for name in now.keys() | self.before.keys() if now.get(name) != self.before.get(name)}


def state(root: Path) -> dict[str, bytes]:
    return {
        str(p.relative_to(root)): f"{p.lstat().st_mtime_ns} {p.lstat().st_size}".encode()
        for folder in root.iterdir()
        if folder.name not in ("home", "proc")
        for p in [folder, *folder.rglob("*")]
    }


@pytest.fixture
def installed(tmp_path: Path, app: Path) -> System:
    """The .deb installed for everybody."""
    root = bare(tmp_path)
    shutil.copytree(app, root / "opt/apps" / APPID, symlinks=True, copy_function=os.link)
    return System(root, state(root))


@pytest.fixture
def carried(tmp_path: Path, untarred: Path) -> System:
    """The tar.gz unpacked by the clerk, in a folder of an awkward name."""
    root = bare(tmp_path)
    system = System(root, state(root))
    shutil.copytree(untarred, folder_of(system), symlinks=True, copy_function=os.link)
    system.own(system.home)
    return system


def bare(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    subprocess.run(["sh", HERE / "root.sh", root], check=True)
    os.lchown(root / "home/clerk", 65534, 65534)
    return root


def folder_of(system: System) -> Path:
    return system.home / "报告 (一)&二 100%"


def inside(system: System, path: Path) -> str:
    return f"/{path.relative_to(system.root)}"


def give(system: System, target: Path, source: Path = EXAMPLE) -> str:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(source, target)
    system.own(target.parent)
    return inside(system, target)


def test_tar_makes_the_report(carried: System) -> None:
    folder = folder_of(carried)
    give(carried, folder / "数据 一.xlsx")
    before = files(folder)
    code, told = carried.run(inside(carried, folder / "检查（不生成）.sh"), HOME="/home/clerk")
    assert code == 0, told
    assert files(folder) - before == {"数据 一.检查结果.txt"}
    code, told = carried.run(inside(carried, folder / "生成报告.sh"), HOME="/home/clerk")
    assert code == 0, told
    assert files(folder) - before == {"数据 一.检查结果.txt", f"{TITLE}.docx"}
    code, told = carried.run(inside(carried, folder / "汇总本文件夹.sh"), HOME="/home/clerk")
    assert code == 0, told
    assert "计入 1 个" in told
    assert carried.written_elsewhere() <= {"tmp"}  # openpyxl's temporary files: the folder's time, nothing in it


def test_tar_reads_what_needs_a_library(carried: System) -> None:
    for name in ("huaian-2024.pdf", "huaian-2024.xls"):
        book = give(carried, carried.home / name, ROOT / "examples/sources" / name)
        code, told = carried.run(inside(carried, folder_of(carried) / "检查（不生成）.sh"), book, HOME="/home/clerk")
        assert code in (0, 1), told
        assert "淮安市" in told


def test_tar_puts_icons_on_the_desktop(carried: System) -> None:
    code, told = carried.run(inside(carried, folder_of(carried) / "放桌面图标.sh"), HOME="/home/clerk")
    assert code == 0, told
    icons = list((carried.home / "Desktop").iterdir())
    assert {icon.name.removeprefix("年度报告 ").removesuffix(".desktop") for icon in icons} == set(LAUNCHERS)
    done = subprocess.run(["desktop-file-validate", *icons], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_deb_works_in_a_folder_of_the_users_own(installed: System) -> None:
    script = f"/opt/apps/{APPID}/files/reportgen.sh"
    code, told = installed.run(script, "--do", "build", HOME="/home/clerk")
    assert code == 2, told
    assert "工作簿请放在这个文件夹：/home/clerk/Documents/年度报告" in told
    folder = installed.home / "Documents/年度报告"
    give(installed, folder / "数据 一.xlsx")
    code, told = installed.run(script, "--do", "build", HOME="/home/clerk")
    assert code == 0, told
    assert f"{TITLE}.docx" in files(folder)
    assert installed.written_elsewhere() == set()


def test_deb_with_dropped_files_and_without_home(installed: System) -> None:
    book = give(installed, installed.home / "别处 (2)&/数据.xlsx")
    script = f"/opt/apps/{APPID}/files/reportgen.sh"
    code, told = installed.run(script, "--do", "build", book)
    assert code == 0, told
    assert f"{TITLE}.docx" in files(installed.home / "别处 (2)&")
    code, told = installed.run(script)
    assert code == 3
    assert "请把工作簿拖到图标上" in told
    assert installed.written_elsewhere() == set()


def test_launcher_without_the_rest_says_so(carried: System) -> None:
    (folder_of(carried) / "reportgen.sh").unlink()
    code, told = carried.run(inside(carried, folder_of(carried) / "生成报告.sh"), HOME="/home/clerk")
    assert code == 3
    assert told == "没有找到 reportgen.sh。请先把整个压缩包解压，再双击解压出来的文件。\n"
