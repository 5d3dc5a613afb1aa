"""A small web program to break: it serves, counts its answers, writes a log, and does what /admin tells it.

Arguments: NAME PORT. Orders go through checkout.py of the release that /srv/shop/current points to, where there is one.
"""

import importlib.util
import mmap
import os
import socket
import sys
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

NAME, PORT = sys.argv[1], int(sys.argv[2])
RELEASE = "/srv/shop/current/checkout.py"
# There while something that the program depends on is away; survives a restart, as such a fault does.
DEPENDENCY_AWAY = f"/run/{NAME}-dependency-away"

# There while the program computes for nothing.
SPIN = f"/run/{NAME}-spins"

answers = Counter()
kept = []


def log(line):
    with open(f"/var/log/{NAME}.log", "a") as file:
        print(time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), line, file=file)


def release():
    if not os.path.exists(RELEASE):
        return None
    spec = importlib.util.spec_from_file_location("checkout", RELEASE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def leak(rate, limit):
    """Keeps `rate` MB more every second, up to `limit` MB: memory of its own, every page of it written."""
    log(f"warn cache grows, nothing was evicted (limit {limit} MB)")
    held = 0
    while held < limit:
        step = max(1, min(rate // 10, limit - held))
        kept.append(b"\x01" * (step * 1_000_000))
        held += step
        time.sleep(0.1)


def map_file(path):
    """Reads a file through a mapping: its pages count as resident, and the kernel may take them back at any time."""
    with open(path, "rb") as file:
        mapping = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
    kept.append(mapping)
    for offset in range(0, len(mapping), mmap.PAGESIZE):
        mapping[offset]


def read_file(path):
    with open(path, "rb") as file:
        while file.read(1 << 20):
            pass


def spin(processes, stubborn):
    """Computes for nothing in so many processes, until SPIN is gone or the program is started anew; a stubborn one does not stay nice."""
    open(SPIN, "w").close()
    program = os.getpid()

    def compute():
        while os.path.exists(SPIN) and os.getppid() == program:
            if stubborn:
                os.setpriority(os.PRIO_PROCESS, 0, 0)
            sum(range(100_000))

    for _ in range(processes):
        if os.fork() == 0:
            # The port is the program's: whoever starts it anew needs it.
            os.closerange(3, 256)
            # Kernels share out the CPU by sessions: each counts, whatever else this machine does.
            os.setsid()
            # As most programs do, in a thread beside the first: each thread has a niceness of its own.
            thread = threading.Thread(target=compute)
            thread.start()
            thread.join()
            os._exit(0)


checkout = release()


def order():
    if os.path.exists(DEPENDENCY_AWAY):
        raise RuntimeError("payment provider does not answer")
    return checkout.total([3, 4], guest=True) if checkout else 7


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        path = urlsplit(self.path).path
        if path == "/healthz":
            self.answer(200, "ok\n")
        elif path == "/metrics":
            lines = [f'http_requests_total{{code="{code}"}} {count}\n' for code, count in sorted(answers.items())]
            self.answer(200, "# TYPE http_requests_total counter\n" + "".join(lines))
        elif path == "/order":
            self.order()
        else:
            self.answer(404, "no such page\n")

    def order(self):
        try:
            code, text = 200, f"{order()}\n"
        except Exception as error:
            code, text = 500, f"{error}\n"
            log(f"error order failed: {type(error).__name__}: {error}")
        answers[code] += 1
        self.answer(code, text)

    def do_POST(self):
        url = urlsplit(self.path)
        given = {key: values[0] for key, values in parse_qs(url.query).items()}
        work = {
            "/admin/leak": lambda: leak(int(given["rate"]), int(given["limit"])),
            "/admin/map": lambda: map_file(given["path"]),
            "/admin/spin": lambda: spin(int(given["processes"]), given["stubborn"] == "yes"),
            "/admin/read": lambda: read_file(given["path"]),
        }.get(url.path)
        if work is None:
            return self.answer(404, "no such page\n")
        threading.Thread(target=work, daemon=True).start()
        self.answer(202, "so be it\n")

    def answer(self, code, text):
        body = text.encode()
        self.send_response(code)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    # Five, the default, is too few for a few customers and a Prometheus: the sixth waits a second.
    request_queue_size = 128

    def server_bind(self):
        # Without the look-up of the host's name that HTTPServer does: there is no name server here.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_name, self.server_port = NAME, PORT


# As a release with a mistake in its start would.
if os.path.exists(f"/run/{NAME}-broken-start"):
    log("fatal cannot start: settings are broken")
    sys.exit(3)

answers[200] = answers[500] = 0
log(f"info {NAME} serves on port {PORT}")
Server(("", PORT), Handler).serve_forever()
