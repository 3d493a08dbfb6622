"""Uploads random bytes with tuspy over a line that is cut again and again.

    tuspy_over_bad_line.py URL-OF-UPLOADS BYTES CUTS [checksum]

Prints, as JSON, where the upload is, the SHA-256 of what was sent, and how often the line was cut.
With `checksum`, bytes go in parts with a checksum each.
"""

import hashlib
import io
import json
import random
import socket
import sys
import threading
from urllib.parse import urlsplit

from tusclient.client import TusClient


class Line:
    """A line to a server that breaks after each of some numbers of bytes on their way to it."""

    def __init__(self, host, port, distances):
        self.target = (host, port)
        self.distances = distances
        self.cuts = 0
        self.left = distances.pop(0)
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        while True:
            client, _ = self.listener.accept()
            server = socket.create_connection(self.target)
            threading.Thread(target=self.send, args=(client, server), daemon=True).start()
            threading.Thread(target=self.pass_on, args=(server, client), daemon=True).start()

    def send(self, client, server):
        """Passes a request on, up to the byte at which the line breaks."""
        while chunk := receive(client):
            with self.lock:
                passes = chunk if self.left is None else chunk[: self.left]
                breaks = self.left is not None and len(passes) == self.left
                if breaks:
                    self.cuts += 1
                    self.left = self.distances.pop(0) if self.distances else None
                elif self.left is not None:
                    self.left -= len(passes)
            try:
                server.sendall(passes)
            except OSError:
                break
            if breaks:
                break
        hang_up(client, server)

    def pass_on(self, source, target):
        while chunk := receive(source):
            try:
                target.sendall(chunk)
            except OSError:
                break
        hang_up(source, target)


def receive(line):
    try:
        return line.recv(65536)
    except OSError:
        return b""


def hang_up(*lines):
    """Wakes whoever reads from a line, and then closes it: else its other end could wait for ever."""
    for line in lines:
        try:
            line.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        line.close()


def main():
    url, size, cuts = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    with_checksum = "checksum" in sys.argv[4:]
    source = random.randbytes(size)
    # The request that begins the upload is not repeated by tuspy, so the line holds that long.
    distances = [random.randint(2000, 2 * size // (cuts + 1) // 2) for _ in range(cuts)]
    at = urlsplit(url)
    line = Line(at.hostname, at.port, distances)
    client = TusClient(f"http://127.0.0.1:{line.port}{at.path}")
    uploader = client.uploader(
        file_stream=io.BytesIO(source),
        metadata={"filename": "large.jpg"},
        chunk_size=size // 40 if with_checksum else sys.maxsize,
        upload_checksum=with_checksum,
        retries=10 * cuts,
        retry_delay=0,
    )
    uploader.upload()
    json.dump(
        {
            "path": urlsplit(uploader.url).path,
            "sha256": hashlib.sha256(source).hexdigest(),
            "cuts": line.cuts,
            "offset": uploader.get_offset(),
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main()
