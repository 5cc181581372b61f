"""A Flightplan server in a process of its own, on a data folder and port of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OURS = ("DATABASE_", "GOOGLE_", "OPENAI_", "SECRET_KEY", "ENVIRONMENT", "PUBLIC_URL", "CHROMA_", "DATA_DIR", "PORT", "HOST", "LOG_")


@dataclass(frozen=True, slots=True)
class Server:
    """A running server; `log` is what it wrote so far."""

    base_url: str
    data_dir: Path
    process: subprocess.Popen[bytes]
    log_file: Path

    @property
    def log(self) -> str:
        return self.log_file.read_text(errors="replace")

    def health(self) -> dict[str, str]:
        """Ask /health; the answer's parts by name, also when it is not well."""
        try:
            with urllib.request.urlopen(f"{self.base_url}/health", timeout=5) as answer:
                return dict(json.load(answer))
        except urllib.error.HTTPError as error:
            return dict(json.load(error))


def free_port() -> int:
    """Give a port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(data_dir: Path, port: int, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Give an environment in which only the project's defaults count, and what is named here."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return clean | {"DATA_DIR": str(data_dir), "PORT": str(port), "PYTHONUNBUFFERED": "1"} | dict(extra or {})


@contextmanager
def serving(
    data_dir: Path, *, port: int | None = None, extra: Mapping[str, str] | None = None, seconds: float = 60, wait_for_workflows: bool = True
) -> Iterator[Server]:
    """Start `python app.py` and wait until it answers; stop it as Ctrl-C does, and fail if it does not stop."""
    port, log_file = port or free_port(), data_dir.parent / f"{data_dir.name}.log"
    data_dir.mkdir(parents=True, exist_ok=True)
    with log_file.open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "app.py"], cwd=ROOT, env=environment(data_dir, port, extra), stdout=log, stderr=log, start_new_session=True
        )
    server = Server(f"http://localhost:{port}", data_dir, process, log_file)
    try:
        _wait_for(server, seconds, parts={"app", "database", "workflows", "sandbox"} if wait_for_workflows else {"app", "database"})
        yield server
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            raise AssertionError(f"the server did not stop:\n{server.log[-2000:]}") from None


def _wait_for(server: Server, seconds: float, *, parts: set[str]) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            raise AssertionError(f"the server ended with {server.process.returncode}:\n{server.log[-3000:]}")
        try:
            health = server.health()
            if {health.get(part) for part in parts} <= {"ok", "not used"}:
                return
        except (OSError, json.JSONDecodeError):
            pass
        time.sleep(0.05)
    raise AssertionError(f"the server did not get well within {seconds} seconds:\n{server.log[-3000:]}")
