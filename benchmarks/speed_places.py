"""Where `speed.py` measures: environments, workers, and the process that starts commands."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PEERS = Path(__file__).resolve().parent / "peers"
BENCH = ROOT / ".bench"
OURS, DOCXTPL, NODE, INPUTS, OUT = (BENCH / n for n in ("reportgen", "docxtpl", "node", "inputs", "out"))
BIN = "Scripts" if sys.platform == "win32" else "bin"
NODE_PACKAGES = ("docxtemplater", "easy-template-x", "pizzip", "xlsx")
PACKAGE = ("reportgen", "templates", "setup.cfg", "pyproject.toml", "README.md", "LICENSE")
"""What pip needs of the source tree."""
ENVIRONMENT = {
    "PATH": os.environ["PATH"], "HOME": str(BENCH / "home"), "LANG": "C.UTF-8", "XDG_CACHE_HOME": str(BENCH / "cache"),
    "BENCH_INPUTS": str(INPUTS),
}  # fmt: skip


def run(*command: str | Path, cwd: Path = ROOT) -> str:
    """Run a command of the set-up; stop with its output if it fails."""
    done = subprocess.run([str(c) for c in command], cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


def set_up(commit: str | None) -> None:
    """Install reportgen and the peers, each in its own place below ``.bench/``.

    Args:
        commit: which reportgen; None for the files as they are.
    """
    requirements = PEERS / "requirements.txt"
    for place in (OURS, DOCXTPL):
        if not (place / BIN / "python").exists():
            run(sys.executable, "-m", "venv", place)
    pip = ["-m", "pip", "install", "-q", "--disable-pip-version-check"]
    source = BENCH / "source"
    shutil.rmtree(source, ignore_errors=True)
    source.mkdir()
    if commit:
        run("git", "archive", "--output", source / "source.tar", commit, "--", *PACKAGE)
        run("tar", "-xf", "source.tar", cwd=source)
    else:
        run("cp", "-r", *PACKAGE, source)
    python = OURS / BIN / "python"
    run(python, *pip, "-c", requirements, source)
    run(python, *pip, "--no-deps", "--force-reinstall", source)
    python = DOCXTPL / BIN / "python"
    run(python, *pip, "-r", requirements)
    packages = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
    # The same kind of start as pip gives to reportgen: a module with its bytecode, and a launcher.
    shutil.copy(PEERS / "docxtpl_peer.py", packages)
    run(python, "-m", "compileall", "-q", packages / "docxtpl_peer.py")
    launcher = DOCXTPL / BIN / "docxtpl-peer"
    launcher.write_text(f"#!{python}\nimport sys\nfrom docxtpl_peer import main\nsys.exit(main())\n")
    launcher.chmod(0o755)
    NODE.mkdir(exist_ok=True)
    for path in (PEERS / "package.json", *PEERS.glob("*.js")):
        shutil.copy(path, NODE)
    if shutil.which("npm") is None:
        raise SystemExit("npm is needed for the Node peers (Debian: apt-get install nodejs npm)")
    run("npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error", cwd=NODE)


def versions(commit: str | None) -> dict[str, str]:
    """Return name → version of everything measured."""
    if commit:
        state = run("git", "rev-parse", "--short", commit).strip()
    else:
        changed = run("git", "status", "--porcelain", "--", *PACKAGE)
        state = run("git", "rev-parse", "--short", "HEAD").strip() + (" and later changes" if changed else "")
    found = {"Python": sys.version.split()[0], "Node": run("node", "--version").strip().removeprefix("v")}
    frozen = run(OURS / BIN / "python", "-m", "pip", "list", "--format=json", "--disable-pip-version-check")
    frozen_peer = run(
        DOCXTPL / BIN / "python", "-m", "pip", "list", "--format=json", "--disable-pip-version-check"
    )
    for package in json.loads(frozen_peer) + json.loads(frozen):
        if package["name"].lower() not in ("pip", "setuptools"):
            found[package["name"]] = package["version"]
    for name in NODE_PACKAGES:
        package = json.loads((NODE / "node_modules" / name / "package.json").read_text(encoding="utf-8"))
        found[name] = package["version"]
    found["reportgen"] += f" ({state})"
    return dict(sorted(found.items(), key=lambda item: item[0].lower()))


class Conversation:
    """A process that answers one line of JSON with one line of JSON."""

    def __init__(self, *command: str | Path, cwd: Path = BENCH) -> None:
        self.command = [str(c) for c in command]
        self.process = subprocess.Popen(
            self.command,
            cwd=cwd,
            env=ENVIRONMENT,
            text=True,
            encoding="utf-8",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def ask(self, question: object) -> Any:
        self.send(question)
        return self.answer()

    def send(self, question: object) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()

    def answer(self) -> Any:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{' '.join(self.command)} ended with {self.process.wait()}")
        return json.loads(line)

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()


def spawner() -> Conversation:
    """Start the small process that starts the measured commands."""
    return Conversation(OURS / BIN / "python", "-I", "-S", PEERS / "spawn.py")


def input_maker() -> Conversation:
    return Conversation(OURS / BIN / "python", Path(__file__).parent / "speed_inputs.py")


def python_worker(kind: str) -> Conversation:
    place = DOCXTPL if kind == "docxtpl" else OURS
    return Conversation(place / BIN / "python", PEERS / "worker.py", kind)


def node_worker(script: str) -> Conversation:
    return Conversation("node", NODE / script, "worker")


def fresh_output() -> Path:
    """Return the folder for results, empty."""
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    return OUT
