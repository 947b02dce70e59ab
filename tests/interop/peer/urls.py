"""Agent URLs, `tcp://host:port/agent-id`. Only TCP: what the tests need."""
import socket
from typing import Optional, Tuple

from .channel import Address


def parse_agent_url(url: str) -> Tuple[Address, str]:
    """Split at the first slash; the port stands behind the last colon, so IPv6 needs no brackets but may have them."""
    try:
        scheme, rest = url.split("://", 1)
        if scheme != "tcp":
            raise ValueError(f"{scheme} not in {{'tcp'}}")
        hostport, aid = rest.split("/", 1)
        if not aid:
            raise ValueError("No agent ID specified.")
        return _parse_host_port(hostport), aid
    except ValueError as error:
        raise ValueError(f'Cannot parse agent URL "{url}": {error}') from None


def parse_container_url(url: str) -> Address:
    """The address in `tcp://host:port`, with or without a slash behind it."""
    scheme, _, rest = url.partition("://")
    if scheme != "tcp":
        raise ValueError(f'Cannot parse container URL "{url}"')
    return _parse_host_port(rest.rstrip("/"))


def container_url(host: Optional[str], port: int) -> str:
    """What peers are told to connect to: a name of this machine where the server listens on all its addresses."""
    if host in (None, "", "0.0.0.0", "::"):
        host = socket.getfqdn()
    return f"tcp://[{host}]:{port}/" if ":" in str(host) else f"tcp://{host}:{port}/"


def _parse_host_port(text: str) -> Address:
    host, port = text.rsplit(":", 1)
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    if not host:
        raise ValueError("string index out of range")
    return host, int(port)
