"""The ways to reach each other. What differs between them the tests leave to what is here."""
import asyncio
import itertools
import pathlib
from ssl import TLSVersion
from typing import Any, Callable, Dict, List, Optional

from certs import certs_in, make_certs
from peer import SSLCerts, make_ssl_client_context
from peer.channel import Address
from peer.urls import container_url

from .process import temporary_folder
from .streams import Stream, TlsStream

# Of what a stream reads ahead: that of a line, which a frame may exceed.
LIMIT = 2 ** 24


class Transport:
    # The folder of the certificates, for programs, and its files, for Python containers. None: no TLS.
    certs: Optional[pathlib.Path] = None
    ssl: Optional[SSLCerts] = None

    def new_address(self) -> Address:
        """Where one more server can listen."""
        raise NotImplementedError

    async def connect(self, addr: Any) -> Stream:
        raise NotImplementedError

    def server_options(self) -> List[str]:
        """Tell a program to listen on a new address."""
        certs = [] if self.certs is None else ["--certs", str(self.certs)]
        return ["--listen", container_url(self.new_address()), *certs]


class Tcp(Transport):
    def new_address(self) -> Address:
        return "127.0.0.1", 0

    async def connect(self, addr: Any) -> Stream:
        return Stream(*await asyncio.open_connection(*addr, limit=LIMIT))


class Tls(Tcp):
    def __init__(self) -> None:
        self.certs = make_certs(temporary_folder())
        self.ssl = certs_in(self.certs)
        # Containers speak the original's version, others the highest that the server has.
        self._context = make_ssl_client_context(*self.ssl)
        self._context.maximum_version = TLSVersion.TLSv1_3

    async def connect(self, addr: Any) -> Stream:
        stream = TlsStream(*await asyncio.open_connection(*addr, limit=LIMIT), self._context, addr[0])
        await stream.handshake()
        return stream


class Ipc(Transport):
    def __init__(self) -> None:
        self._folder = temporary_folder()
        self._numbers = itertools.count()

    def new_address(self) -> Address:
        return str(self._folder / str(next(self._numbers)))

    async def connect(self, addr: Any) -> Stream:
        return Stream(*await asyncio.open_unix_connection(addr, limit=LIMIT))


# By the names that users give on a command line.
TRANSPORTS: Dict[str, Callable[[], Transport]] = {"tcp": Tcp, "ipc": Ipc, "tls": Tls}
