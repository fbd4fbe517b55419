"""A stand-in for AWS's services on a free port of this machine: prints its URL once it answers, and serves until its
standard input ends, so that it never outlives whoever started it."""

import logging
import sys
import threading

from moto.moto_server.werkzeug_app import DomainDispatcherApplication
from moto.server import ThreadedMotoServer

# One line a request says nothing.
logging.getLogger("werkzeug").setLevel(logging.WARNING)

# It takes a transaction back by putting all tables as they were before, with what other requests have done meanwhile:
# it may do one request at a time only.
alone = threading.Lock()
answer = DomainDispatcherApplication.__call__


def answer_alone(application, environ, start_response):
    with alone:
        return answer(application, environ, start_response)


DomainDispatcherApplication.__call__ = answer_alone

server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
print(f"http://{host}:{port}", flush=True)
sys.stdin.read()
server.stop()
