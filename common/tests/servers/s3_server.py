"""An S3 server that forgets everything when it ends.

Prints a line of JSON with its address, and then answers commands, each a line of its input, with a
line each, until its input is closed:

    reads           what was read of uploaded files since the last time: ranges and bytes
    refuse RANGE    the next read of this range of an uploaded file, as `bytes=0-63`, is refused
    shut            everything is refused from now on
    open            nothing is refused any more
"""

import json
import logging
import sys
import threading

from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server

logging.getLogger("werkzeug").setLevel(logging.ERROR)
s3 = DomainDispatcherApplication(create_backend_app)
lock = threading.Lock()
# A real server looks whether a file is there and makes it in one step; this one does not by itself.
creating = threading.Lock()
reads = []
refusals = set()
is_shut = threading.Event()


def tell(**facts):
    print(json.dumps(facts), flush=True)


def is_refused(wanted):
    with lock:
        is_listed = wanted in refusals
        refusals.discard(wanted)
        return is_listed


def refuse(start_response):
    # Not one of those after which a client tries again.
    start_response("403 Forbidden", [("Content-Length", "0")])
    return []


def serve(environ, start_response):
    if is_shut.is_set():
        return refuse(start_response)
    is_conditional = "HTTP_IF_NONE_MATCH" in environ or "HTTP_IF_MATCH" in environ
    if environ["REQUEST_METHOD"] == "PUT" and is_conditional:
        with creating:
            return s3(environ, start_response)
    if environ["REQUEST_METHOD"] != "GET" or "/upload/" not in environ["PATH_INFO"]:
        return s3(environ, start_response)
    if is_refused(environ.get("HTTP_RANGE")):
        return refuse(start_response)

    def start(status, headers, *rest):
        read = {
            "file": environ["PATH_INFO"].rsplit("/", 1)[1],
            "range": environ.get("HTTP_RANGE"),
            "bytes": int(dict(headers).get("Content-Length", 0)),
        }
        with lock:
            reads.append(read)
        return start_response(status, headers, *rest)

    return s3(environ, start)


server = make_server("127.0.0.1", 0, serve, threaded=True, request_handler=MotoRequestHandler)
threading.Thread(target=server.serve_forever, daemon=True).start()
tell(address="http://%s:%d" % server.server_address[:2])
for line in sys.stdin:
    command, *arguments = line.split()
    with lock:
        if command == "refuse":
            refusals.update(arguments)
            tell(refused=arguments)
        elif command in ("shut", "open"):
            (is_shut.set if command == "shut" else is_shut.clear)()
            tell(is_shut=is_shut.is_set())
        else:
            tell(reads=reads)
            reads = []
