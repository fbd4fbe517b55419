"""A stand-in for AWS's services on a free port of this machine: prints its URL once it answers, and serves until its
standard input ends, so that it never outlives whoever started it."""

import logging
import sys

from moto.server import ThreadedMotoServer

# One line a request says nothing.
logging.getLogger("werkzeug").setLevel(logging.WARNING)

server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
print(f"http://{host}:{port}", flush=True)
sys.stdin.read()
server.stop()
