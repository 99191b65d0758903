"""Set-up of `speed.py`: the folders below ``.bench/``, what is installed there, the processes that stay up."""

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
OURS, DOCXTPL, NODE, INPUTS, OUT = (BENCH / name for name in ("reportgen", "docxtpl", "node", "inputs", "out"))
PACKAGE = ("reportgen", "templates", "setup.cfg", "pyproject.toml", "README.md", "LICENSE")
"""The files of the source tree from which pip installs."""
ENVIRONMENT = {"PATH": os.environ["PATH"], "HOME": str(BENCH / "home"), "LANG": "C.UTF-8", "BENCH_INPUTS": str(INPUTS)}


def run(*command: str | Path, cwd: Path = ROOT, env: dict[str, str] | None = None) -> str:
    """Run a command and return its output; stop with its output if it fails."""
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


def set_up() -> None:
    """Install reportgen and the peers, each in an environment of its own below ``.bench/``."""
    if shutil.which("npm") is None:
        raise SystemExit("npm is needed for the Node peers (Debian: apt-get install nodejs npm)")
    for environment in (OURS, DOCXTPL):
        if not (environment / "bin/python").exists():
            run(sys.executable, "-m", "venv", environment)
    _install_ours()
    _install_script()
    NODE.mkdir(exist_ok=True)
    for path in (PEERS / "package.json", *PEERS.glob("*.js")):
        shutil.copy(path, NODE)
    run("npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error", cwd=NODE)


def _pip(environment: Path, *arguments: str | Path) -> str:
    return run(environment / "bin/python", "-m", "pip", "--disable-pip-version-check", *arguments)


def _install_ours() -> None:
    """Install reportgen from a copy of the tree, so that no build folder with old modules is reused."""
    source = BENCH / "source"
    shutil.rmtree(source, ignore_errors=True)
    source.mkdir()
    run("cp", "-r", *PACKAGE, source)
    _pip(OURS, "install", "-q", "-c", PEERS / "requirements.txt", source)
    _pip(OURS, "install", "-q", "--no-deps", "--force-reinstall", source)


def _install_script() -> None:
    """Install the script as pip would: a module with its bytecode, and a launcher."""
    _pip(DOCXTPL, "install", "-q", "-r", PEERS / "requirements.txt")
    python = DOCXTPL / "bin/python"
    packages = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
    shutil.copy(PEERS / "docxtpl_peer.py", packages)
    run(python, "-m", "compileall", "-q", packages / "docxtpl_peer.py")
    launcher = DOCXTPL / "bin/docxtpl-peer"
    launcher.write_text(f"#!{python}\nimport sys\nfrom docxtpl_peer import main\nsys.exit(main())\n")
    launcher.chmod(0o755)


def inputs(*arguments: str | Path) -> str:
    """Run `speed_inputs.py` with the reportgen that is measured."""
    script = Path(__file__).with_name("speed_inputs.py")
    return run(OURS / "bin/python", script, *arguments, env=ENVIRONMENT)


def versions() -> str:
    """Return the versions of everything measured, in a line."""
    commit = run("git", "rev-parse", "--short", "HEAD").strip()
    changed = " and later changes" if run("git", "status", "--porcelain", "--", *PACKAGE) else ""
    found = {"Python": sys.version.split()[0], "Node": run("node", "--version").strip().removeprefix("v")}
    for environment in (DOCXTPL, OURS):
        for line in _pip(environment, "list", "--format=freeze").splitlines():
            name, version = line.split("==")
            found[name] = f"{version} ({commit}{changed})" if name == "reportgen" else version
    for name in json.loads((PEERS / "package.json").read_text(encoding="utf-8"))["dependencies"]:
        package = NODE / "node_modules" / name / "package.json"
        found[name] = json.loads(package.read_text(encoding="utf-8"))["version"]
    shown = sorted(set(found) - {"pip", "setuptools"}, key=str.lower)
    return ", ".join(f"{name} {found[name]}" for name in shown)


def fresh_output() -> Path:
    """Return the folder for results, empty."""
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    return OUT


class Worker:
    """A process that stays up and does jobs: one JSON object a line in, one out."""

    def __init__(self, *command: str | Path) -> None:
        self.command = [str(c) for c in command]
        self.process = subprocess.Popen(
            self.command, env=ENVIRONMENT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, **job: object) -> dict[str, Any]:
        """Send a job and wait for the answer."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        print(json.dumps(job), file=self.process.stdin, flush=True)
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{' '.join(self.command)} ended with {self.process.wait()}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        """End the process."""
        self.process.communicate()


def our_worker() -> Worker:
    """Start a process with reportgen loaded."""
    return Worker(OURS / "bin/python", PEERS / "worker.py", "reportgen")


def script_worker() -> Worker:
    """Start a process with the openpyxl and docxtpl script loaded."""
    return Worker(DOCXTPL / "bin/python", PEERS / "worker.py", "docxtpl_peer")


def node_worker(script: str) -> Worker:
    """Start a process of one of the Node peers."""
    return Worker("node", NODE / script, "worker")
