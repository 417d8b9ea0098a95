"""How much memory the whole system needs while 200 agents have their desks open.

Each of them holds a live stream, sends the heartbeat of its presence, and fetches the parts of the desk that refresh themselves,
as the page does. Web, worker, beat, PostgreSQL and Valkey with all their processes are summed up by PSS, in which memory that
several processes share counts once. Something is published, and every stream has to say it.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import psutil

from bench import serving
from bench.harness import Report, options
from tests.stack import Stack, running

PARTS = ("web", "worker", "beat", "postgres", "valkey")
BEAT_SECONDS, CALL_SECONDS, WORK_SECONDS = 15, 5, 15  # as the desk's page asks
TOKEN = "a" * 32


def main() -> int:
    quick = options(__doc__ or "").quick
    agents, seconds = (40, 12) if quick else (200, 75)
    report = Report("memory", quick=quick)
    with running(LOG_LEVEL="WARNING", SWEEP_SECONDS="3") as stack:
        os.environ |= stack.environment | {"DJANGO_SETTINGS_MODULE": "hotline.settings"}
        import django

        django.setup()
        from hotline.models import User

        names = User.objects.filter(role="agent").order_by("pk").values_list("pk", "username")[:agents]
        sessions = [(pk, serving.session_of(name)) for pk, name in names]
        report.figure("agents with their desk open", len(sessions), "", target=f"== {agents}")
        quiet = {part: memory(stack, part) for part in PARTS}
        desks = asyncio.run(open_desks(stack, sessions, seconds))
        report.timings("a part of the desk, fetched by its page", desks.seconds)
        report.figure("refused or broken", desks.broken, "", target="== 0")
        report.figure("streams that were told what was published", desks.told, "", target=f"== {len(sessions)}")
        report.figure("streams that were silent for five seconds", desks.silent, "", target="== 0")
        report.figure("threads of a web process, at most", desks.threads, "", target="< 60")
        for part in PARTS:
            report.figure(f"memory: {part}", desks.memory[part], "MiB")
            report.baseline(f"memory: {part}", quiet[part], "MiB", "before anybody came")
        report.figure("memory of all", sum(desks.memory.values()), "MiB", target="< 1536")
    return report.write()


class Desks:
    """What was seen while the desks were open."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.broken = self.told = self.silent = self.threads = 0
        self.memory: dict[str, float] = {}


async def open_desks(stack: Stack, sessions: list[tuple[int, str]], seconds: float) -> Desks:
    """Opens all of them, lets them live, measures near the end and closes them."""
    from hotline import live

    desks, over = Desks(), asyncio.Event()
    port = int(stack.web.rpartition(":")[2])
    tasks = []
    for n, (pk, session) in enumerate(sessions):
        tasks.append(asyncio.create_task(_listen(desks, port, pk, session, over)))
        tasks.append(asyncio.create_task(_live(desks, port, session, over, n / len(sessions))))
    await asyncio.sleep(seconds)
    await asyncio.to_thread(live.publish, "queue", "measured")
    await asyncio.sleep(4)
    desks.memory = {part: await asyncio.to_thread(memory, stack, part) for part in PARTS}
    desks.threads = max(psutil.Process(pid).num_threads() for pid in stack.pids("web"))
    over.set()
    await asyncio.wait(tasks, timeout=20)
    for task in tasks:
        task.cancel()
    return desks


async def _listen(desks: Desks, port: int, pk: int, session: str, over: asyncio.Event) -> None:
    """One live stream."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(_request("GET", f"/live/desk:{pk},queue/", session, "Accept: text/event-stream\r\n"))
    heard = time.monotonic()
    told = False
    while not over.is_set():
        try:
            async with asyncio.timeout(1):
                said = await reader.read(4096)
        except TimeoutError:
            if time.monotonic() - heard > 5:
                desks.silent += 1
                heard = time.monotonic()
            continue
        if not said:
            desks.broken += 1
            break
        heard = time.monotonic()
        told = told or b"event: measured" in said
    desks.told += told
    writer.close()


async def _live(desks: Desks, port: int, session: str, over: asyncio.Event, phase: float) -> None:
    """The parts that the page fetches by itself, each at its own pace."""
    paces = [
        ("POST", "/desk/presence/beat/", BEAT_SECONDS),
        ("GET", "/desk/call/", CALL_SECONDS),
        ("GET", "/desk/work/", WORK_SECONDS),
    ]
    due = {path: time.monotonic() + phase * every for _method, path, every in paces}
    while not over.is_set():
        for method, path, every in paces:
            if time.monotonic() >= due[path]:
                due[path] += every
                await _fetch(desks, port, method, path, session)
        await asyncio.sleep(0.2)


async def _fetch(desks: Desks, port: int, method: str, path: str, session: str) -> None:
    began = time.perf_counter()
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(_request(method, path, session, "Connection: close\r\nHX-Request: true\r\nContent-Length: 0\r\n"))
        answer = await reader.read(-1)
        writer.close()
    except OSError:
        answer = b""
    desks.seconds.append(time.perf_counter() - began)
    desks.broken += answer.split(b" ", 2)[1:2] not in ([b"200"], [b"204"])


def _request(method: str, path: str, session: str, more: str) -> bytes:
    cookies = f"sessionid={session}; csrftoken={TOKEN}"
    return f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookies}\r\nX-CSRFToken: {TOKEN}\r\n{more}\r\n".encode()


def memory(stack: Stack, part: str) -> float:
    """MiB of all processes of a part."""
    return sum(map(_pss, _family(stack.pids(part)))) / 1024


def _family(pids: Iterable[int]) -> set[int]:
    found = set()
    for pid in pids:
        process = psutil.Process(pid)
        found |= {pid, *(child.pid for child in process.children(recursive=True))}
    return found


def _pss(pid: int) -> int:
    """KiB; 0 for one that has just ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


if __name__ == "__main__":
    sys.exit(main())
