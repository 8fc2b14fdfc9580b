"""The real server, as ``make run`` starts it, and how much memory it has."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

WORKERS, THREADS = 2, 4


@dataclass(frozen=True)
class Server:
    port: int
    process: subprocess.Popen[bytes]

    def workers(self) -> list[int]:
        """The keys of the processes that answer."""
        return [
            int(pid) for pid in Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        ]

    def memory(self) -> list[dict[str, float]]:
        """Of each worker, in MiB: all it holds (rss), and what it alone holds (uss)."""
        return [memory_of(pid) for pid in self.workers()]


def memory_of(pid: int) -> dict[str, float]:
    said = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        key, value, *_unit = line.split()
        said[key.rstrip(":")] = int(value) / 1024
    return {"rss": said["Rss"], "uss": said["Private_Clean"] + said["Private_Dirty"]}


@contextlib.contextmanager
def serving() -> Iterator[Server]:
    """Start the server on a free port of this machine; stop it at the end."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    command = [
        *(sys.executable, "-m", "gunicorn", "portal.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", str(WORKERS)),
        *("--threads", str(THREADS), "--no-control-socket", "--log-level", "warning", "--keep-alive", "30"),
    ]
    process = subprocess.Popen(command, env=os.environ.copy(), start_new_session=True)
    server = Server(port, process)
    try:
        _wait_for(server)
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()


def _wait_for(server: Server, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if server.process.poll() is not None:
            raise RuntimeError("The server did not start.")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", server.port), 1):
            return
        time.sleep(0.1)
    raise RuntimeError("The server does not answer.")
