"""A routing server by setting: its table is used, kept, and done without when it does not answer."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest

from dispatch import routing_server, travel
from dispatch.planner import routing
from tests.dispatch.planner.problems import NORTH, NOW, ROADS, order, place, problem, ride

SECONDS_A_DEGREE = 100_000


class Server(ThreadingHTTPServer):
    """Answers as OSRM and Valhalla do: seconds by the degrees between two places, metres ten times as many."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked, self.broken = [], False

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        parts = urlsplit(self.path)
        points = [tuple(map(float, p.split(","))) for p in parts.path.rsplit("/", 1)[1].split(";")]
        wanted = parse_qs(parts.query)
        starts, ends = ([points[int(n)] for n in wanted[k][0].split(";")] for k in ("sources", "destinations"))
        seconds = [[cost(a, b) for b in ends] for a in starts]
        self.answer({"durations": seconds, "distances": [[10 * s for s in row] for row in seconds]}, len(seconds))

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        starts, ends = ([(p["lon"], p["lat"]) for p in asked[k]] for k in ("sources", "targets"))
        rows = [[{"time": cost(a, b), "distance": cost(a, b) / 100} for b in ends] for a in starts]
        self.answer({"sources_to_targets": rows}, len(rows))

    def answer(self, said, rows):
        self.server.asked.append(rows)
        body = b"out of memory" if self.server.broken else json.dumps(said).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


def cost(a, b):
    return round((abs(a[0] - b[0]) + abs(a[1] - b[1])) * SECONDS_A_DEGREE)


@pytest.fixture(params=["osrm", "valhalla"])
def server(request, settings):
    with Server() as running:
        Thread(target=running.serve_forever, daemon=True).start()
        settings.ROUTING_SERVER_URL, settings.ROUTING_SERVER_KIND = running.url, request.param
        settings.ROUTING_SERVER_SECONDS = 20
        yield running
        running.shutdown()


def matrix(count):
    points = [(121.0 + n / 100, 31.0) for n in range(count)]
    return travel.matrix(points, [NORTH] * count, ROADS, NOW)


def test_times_and_lengths_are_the_servers(server):
    found = matrix(3)
    assert found.source == travel.Source.SERVER
    assert found.seconds[0].tolist() == [0, 1000, 2000]
    assert found.metres[0].tolist() == [0, 10_000, 20_000]


def test_many_places_are_asked_in_blocks_and_each_pair_once(server):
    matrix(120)
    assert max(server.asked) <= 50
    before = len(server.asked)
    assert matrix(121).seconds[120, 0] == 120_000
    assert 0 < len(server.asked) - before < before


def test_check_points_come_on_top(server):
    from tests.dispatch.planner.problems import SOUTH

    found = travel.matrix([(121.0, 31.0), (121.1, 31.0)], [NORTH, SOUTH], ROADS, NOW)
    assert found.seconds[0, 1] == 10_000 + travel.CHECKPOINT_SECONDS


def test_an_answer_that_is_no_table_is_no_answer(server):
    server.broken = True
    assert matrix(3).source == travel.Source.FELL_BACK


def test_without_an_answer_a_plan_is_made_with_great_circles_and_says_so(settings):
    settings.ROUTING_SERVER_URL = "http://127.0.0.1:1"
    answer = routing.solve(problem([ride()], [order(1, east=3)]), routing.Effort(threads=1))
    assert answer.figures["served"] == 1
    assert answer.figures["roads"] == travel.Source.FELL_BACK


def test_nothing_is_asked_where_none_is_set(settings):
    settings.ROUTING_SERVER_URL = ""
    assert not routing_server.is_set()
    assert travel.matrix([place().point, place(east=4).point], [NORTH] * 2, ROADS, NOW).source == "great_circle"
