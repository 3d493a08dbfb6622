"""An S3 server that forgets everything when it ends. Makes the bucket "cards", prints its address
and serves until its input is closed."""

import sys
import urllib.request

from moto.server import ThreadedMotoServer

server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
address = f"http://{host}:{port}"
urllib.request.urlopen(urllib.request.Request(f"{address}/cards", method="PUT")).close()
print(address, flush=True)
sys.stdin.read()
