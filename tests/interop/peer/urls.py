"""URLs of agents, `tcp://host:port/agent-id` and `ipc://[path]/agent-id`. What else the original has, no test needs."""
import socket
from typing import Tuple

from .channel import Address


def parse_agent_url(url: str) -> Tuple[Address, str]:
    """The address of the container and the id of the agent; the reasons in errors are the original's."""
    try:
        scheme, rest = url.split("://", 1)
        if scheme == "tcp":
            hostport, aid = rest.split("/", 1)
            addr: Address = _parse_host_port(hostport)
        elif scheme == "ipc":
            path, aid = _behind_bracket(rest).split("]/", 1)
            addr = path
        else:
            raise ValueError(f"{scheme} not in {{'ipc', 'tcp'}}")
        if not aid:
            raise ValueError("No agent ID specified.")
        return addr, aid
    except (ValueError, IndexError) as error:
        raise ValueError(f'Cannot parse agent URL "{url}": {error}') from None


def parse_container_url(url: str) -> Address:
    """The address in `tcp://host:port` or `ipc://[path]`, with or without a slash behind it."""
    addr, aid = parse_agent_url(url.rstrip("/") + "/-")
    if aid != "-":
        raise ValueError(f'Cannot parse container URL "{url}"')
    return addr


def container_url(addr: Address) -> str:
    """What peers are told to connect to: a name of this machine where the server listens on all its addresses."""
    if isinstance(addr, str):
        return f"ipc://[{addr}]/"
    host, port = addr
    if host in (None, "", "0.0.0.0", "::"):
        host = socket.getfqdn()
    return f"tcp://[{host}]:{port}/" if ":" in host else f"tcp://{host}:{port}/"


def _parse_host_port(text: str) -> Tuple[str, int]:
    """The port stands behind the last colon, so IPv6 needs no brackets but may have them."""
    host, port = text.rsplit(":", 1)
    if host[0] == "[" and host[-1] == "]":
        host = host[1:-1]
    return host, int(port)


def _behind_bracket(text: str) -> str:
    if text[0] != "[":
        raise ValueError("")
    return text[1:]
