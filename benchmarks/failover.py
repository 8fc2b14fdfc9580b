"""Shows that nothing is lost when a web process and a replica die under load: ``make failover``.

Starts one PostgreSQL with a replica that streams from it, two web processes (gunicorn, in production mode) and two
workers, all on this machine. Readers and writers ask through what stands for a proxy: it goes from one web process to
the other, and asks the other where one cannot be reached, or where a page that was only read did not arrive. One web
process is killed and started again; then the replica is killed. At the end every write that was acknowledged must be
in the database, and every message about one must have been sent once.

What it starts, it stops; it leaves nothing behind.
"""

import contextlib
import email
import email.policy
import http.client
import itertools
import json
import os
import re
import secrets
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from urllib.parse import urlencode

import psycopg2

from tests.postgres import NoServer, find_programs, server, standby

HOST = "portal.example.org"
PASSWORD = "see-how-it-works"  # of the demonstration's people
SECONDS = float(os.environ.get("PART_SECONDS", "6"))  # of each part
READERS = 4
READ = (
    "/",
    "/organizations/",
    "/organizations/?q=water",
    "/themes/",
    "/countries/",
    "/offices/",
    "/api/v1/organizations/",
)

FIND_WRITERS = """
import json
from accounts.models import User
from organizations.models import Registration
rows = []
for registration in Registration.objects.filter(state="submitted").select_related("office"):
    for person in User.objects.filter(staff_assignments__office=registration.office, email__endswith="@demo.example"):
        if person.has_perm("organizations.comment_registration", registration):
            rows.append((person.email, registration.pk))
print(json.dumps(rows))
"""
FIND_WRITTEN = """
import json
from accounts.models import AuditEvent, Notification
notes = AuditEvent.objects.filter(action="commented", reason__startswith="note ")
written = list(notes.values_list("reason", flat=True))
told = [(n.to.email, n.body.split()[-1], n.sent_at is not None) for n in
        Notification.objects.filter(body__contains="note ").select_related("recipient")]
print(json.dumps([written, told, Notification.objects.filter(sent_at=None).count()]))
"""


class Portal:
    """The processes of the portal and the environment they share."""

    def __init__(self, folder: Path, primary: str, replica: str) -> None:
        self.folder = folder
        self.environment = {
            **os.environ,
            "PRODUCTION": "1",
            "DEMO": "1",
            "SECRET_KEY": secrets.token_urlsafe(48),
            "ALLOWED_HOSTS": HOST,
            "BASE_URL": f"https://{HOST}",
            "DATABASE_URL": primary,
            "VAR_DIR": str(folder / "var"),
            "EMAIL_URL": f"filemail:///{folder / 'mail'}",
            "API_RATE_ANON": "1000000/min",
        }
        self.replica = {"REPLICA_URL": replica}
        self.ports = [free_port(), free_port()]
        self.running: dict[str, subprocess.Popen] = {}

    def manage(self, *command: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *command], env=self.environment, check=True, text=True, stdout=subprocess.PIPE
        )
        return done.stdout

    def ask(self, code: str):
        return json.loads(self.manage("shell", "--verbosity=0", "-c", code).splitlines()[-1])

    def start_web(self, number: int) -> None:
        bind = f"127.0.0.1:{self.ports[number]}"
        command = ["-m", "gunicorn", "portal.wsgi", "--bind", bind, "--threads", "4", "--no-control-socket"]
        self._start(f"web {number + 1}", command, self.environment | self.replica)
        until(lambda: answers(self.ports[number]), "a web process does not answer")

    def start_worker(self, number: int) -> None:
        self._start(f"worker {number + 1}", ["manage.py", "run_due", "--loop", "--seconds=1"], self.environment)

    def _start(self, name: str, command: list[str], environment: dict[str, str]) -> None:
        with open(self.folder / f"{name}.log", "ab") as log:
            self.running[name] = subprocess.Popen(
                [sys.executable, *command], env=environment, stdout=log, stderr=log, start_new_session=True
            )

    def kill(self, name: str) -> None:
        """The process and its children, from one moment to the next."""
        process = self.running.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        for process in self.running.values():
            process.terminate()
        for process in self.running.values():
            process.wait(timeout=30)


class Proxy:
    """What stands before the web processes, and counts what readers and writers got."""

    def __init__(self, ports: list[int]) -> None:
        self.turn, self.ports, self.lock = itertools.count(), ports, threading.Lock()
        self.part = ""
        self.seen: dict[str, Counter] = {}
        self.took: dict[str, list[float]] = {}

    def request(self, method: str, path: str, body: str = "", headers: dict[str, str] | None = None):
        """(status, headers, text); status 502 is what a proxy says when no answer came."""
        first, started = next(self.turn) % 2, time.monotonic()
        for port in (self.ports[first], self.ports[1 - first]):
            answer = self._once(port, method, path, body, headers or {})
            if answer[0] not in (0, 502) or (answer[0] == 502 and method == "POST"):
                break
            self.count(self.part, "asked of the other")
        answer = (answer[0] or 502, *answer[1:])
        part = self.part
        with self.lock:
            self.took.setdefault(part, []).append(time.monotonic() - started)
        self.count(part, "reads" if method == "GET" else "writes")
        if answer[0] >= 500:
            self.count(part, f"error pages ({method} {answer[0]})")
        elif answer[0] == 304:
            self.count(part, "of them 304")
        return answer

    @staticmethod
    def _once(port: int, method: str, path: str, body: str, headers: dict[str, str]):
        """One try; status 0 where nobody listened, so that nothing was sent; 502 where the answer did not come."""
        sent = {"Host": HOST, "X-Forwarded-Proto": "https", "Origin": f"https://{HOST}", **headers}
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            connection.connect()
        except OSError:
            return 0, None, ""
        try:
            connection.request(method, path, body or None, sent)
            response = connection.getresponse()
            return response.status, response.headers, response.read().decode(errors="replace")
        except (OSError, http.client.HTTPException):
            return 502, None, ""
        finally:
            connection.close()

    def count(self, part: str, what: str) -> None:
        with self.lock:
            self.seen.setdefault(part, Counter())[what] += 1


class Browser:
    """Keeps cookies and the tags of pages, as browsers do."""

    def __init__(self, proxy: Proxy) -> None:
        self.proxy, self.cookies, self.tags = proxy, {}, {}

    def get(self, path: str):
        tag = {"If-None-Match": self.tags[path]} if path in self.tags else {}
        status, headers, text = self._ask("GET", path, **tag)
        if status == 200 and headers["ETag"]:
            self.tags[path] = headers["ETag"]
        return status, text

    def post(self, path: str, **fields: str) -> int:
        fields["csrfmiddlewaretoken"] = self.cookies.get("csrftoken", "")
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", path, urlencode(fields), **kind)[0]

    def sign_in(self, address: str) -> None:
        self.get("/accounts/login/")
        status = self.post("/accounts/login/", login=address, password=PASSWORD)
        if status != 302:
            raise SystemExit(f"{address} could not sign in: {status}")

    def _ask(self, method: str, path: str, body: str = "", **headers: str):
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = self.proxy.request(method, path, body, headers)
        for cookie in (answer[1].get_all("Set-Cookie") or []) if answer[1] else []:
            name, _is, rest = cookie.partition("=")
            self.cookies[name] = rest.partition(";")[0]
        return answer


class Load:
    """Readers without a name, and writers who comment and look at once whether their words stand there."""

    def __init__(self, proxy: Proxy, writers: list[tuple[str, int]]) -> None:
        self.proxy, self.stopped = proxy, threading.Event()
        self.acknowledged: list[str] = []
        self.in_doubt: list[str] = []
        self.not_read_back: list[str] = []
        signed_in = [(number, self._signed_in(address), pk) for number, (address, pk) in enumerate(writers)]
        self.threads = [threading.Thread(target=self._read, args=[number]) for number in range(READERS)]
        self.threads += [threading.Thread(target=self._write, args=writer) for writer in signed_in]

    def _signed_in(self, address: str) -> Browser:
        browser = Browser(self.proxy)
        browser.sign_in(address)
        return browser

    @contextlib.contextmanager
    def going_on(self):
        for thread in self.threads:
            thread.start()
        try:
            yield
        finally:
            self.stopped.set()
            for thread in self.threads:
                thread.join()

    def _read(self, number: int) -> None:
        browser = Browser(self.proxy)
        for path in itertools.islice(itertools.cycle(READ), number, None):
            if self.stopped.is_set():
                return
            browser.get(path)

    def _write(self, number: int, browser: Browser, registration: int) -> None:
        for turn in itertools.count():
            if self.stopped.wait(0.2):
                return
            note = f"note {number}-{turn}"
            status = browser.post(f"/registrations/{registration}/comment/", text=note, audience="both")
            (self.acknowledged if status == 302 else self.in_doubt).append(note)
            if status == 302 and not re.search(rf"{note}\b", browser.get(f"/registrations/{registration}/")[1]):
                self.not_read_back.append(note)


def main() -> int:
    programs = find_programs()
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="failover-")))
        primary = stack.enter_context(server(programs))
        replica, kill_replica = stack.enter_context(standby(programs, primary))
        portal = Portal(folder, primary, replica)
        print("One PostgreSQL and its replica run. Filling them with the demonstration …", flush=True)
        for command in (["migrate", "-v0"], ["demo"], ["collectstatic", "--noinput", "-v0"]):
            portal.manage(*command)
        portal.manage("run_due")  # what the demonstration left to be done
        stack.callback(portal.stop)
        for number in range(2):
            portal.start_web(number)
            portal.start_worker(number)
        proxy = Proxy(portal.ports)
        writers = list(dict(portal.ask(FIND_WRITERS)).items())[:3]
        load = Load(proxy, writers)
        print(f"Two web processes and two workers run; {READERS} readers and {len(writers)} writers begin.", flush=True)
        with load.going_on():
            served = play(portal, proxy, kill_replica)
        until(lambda: portal.ask(FIND_WRITTEN)[2] == 0, "messages wait and are not sent", seconds=120)
        print(f"statements that the replica answered until it was killed: about {served}")
        return report(portal, proxy, load)


def play(portal: Portal, proxy: Proxy, kill_replica) -> int:
    """What happens while readers and writers go on; returns how much the replica did."""
    proxy.part = "all is well"
    time.sleep(SECONDS)
    proxy.part = "one web process killed"
    portal.kill("web 1")
    time.sleep(SECONDS)
    proxy.part = "started again"
    portal.start_web(0)
    time.sleep(SECONDS)
    proxy.part = "the replica killed"
    served = transactions(portal.replica["REPLICA_URL"])
    kill_replica()
    time.sleep(SECONDS)
    return served


def transactions(url: str) -> int:
    with psycopg2.connect(f"host={url.partition('?host=')[2]} user=postgres dbname=postgres") as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()")
        return cursor.fetchone()[0]


def report(portal: Portal, proxy: Proxy, load: Load) -> int:
    for part, seen in proxy.seen.items():
        if part:
            took = statistics.quantiles(proxy.took[part], n=20)
            figures = ", ".join(f"{what}: {seen[what]}" for what in sorted(seen))
            print(f"{part}: {figures}; p50 {took[9] * 1000:.0f} ms, p95 {took[18] * 1000:.0f} ms")
    written, told, _waiting = portal.ask(FIND_WRITTEN)
    times = Counter(written)
    lost = [note for note in load.acknowledged if times[note] != 1]
    kept_in_doubt = sum(times[note] for note in load.in_doubt)
    print(f"writes acknowledged: {len(load.acknowledged)}, of them lost: {len(lost)}")
    print(f"writes whose answer did not come: {len(load.in_doubt)}, of them in the database: {kept_in_doubt}")
    print(f"writers who did not see their own words at once: {len(load.not_read_back)}")
    sent = delivered(portal.folder / "mail")
    due = Counter((address, f"note {note}") for address, note, _sent in told)
    missing, twice = due - sent, sent - due
    figures = [sum(counted.values()) for counted in (due, missing, twice)]
    print("messages due: {}, not delivered: {}, more than once: {}".format(*figures))
    for log in sorted(portal.folder.glob("*.log")):
        turns = re.findall(r"Public pages read from[^\n]*", log.read_text())
        if turns:
            print(f"{log.stem}: {'; then '.join(turns)}")
    errors = sum(count for seen in proxy.seen.values() for what, count in seen.items() if what.startswith("error"))
    in_flight = len(load.in_doubt)
    failed = lost or missing or twice or load.not_read_back or errors > in_flight
    print("FAILED" if failed else f"Nothing lost; error pages beside the {in_flight} in flight: none.")
    return 1 if failed else 0


def delivered(folder: Path) -> Counter:
    """How often each message about a note arrived: (address, note)."""
    found: Counter = Counter()
    for path in folder.iterdir():
        for text in re.split(r"^-{79}$", path.read_text(), flags=re.MULTILINE):
            message = email.message_from_string(text.lstrip(), policy=email.policy.default)
            body = message.get_body(["plain"]) if message["To"] else None
            if body and (note := re.search(r"note \d+-\d+", body.get_content())):
                found[message["To"], note[0]] += 1
    return found


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def answers(port: int) -> bool:
    return Proxy._once(port, "GET", "/healthz/", "", {})[0] == 200


def until(true, problem: str, seconds: float = 60) -> None:
    ends = time.monotonic() + seconds
    while not true():
        if time.monotonic() > ends:
            raise SystemExit(problem)
        time.sleep(0.2)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except NoServer as error:
        sys.exit(str(error))
