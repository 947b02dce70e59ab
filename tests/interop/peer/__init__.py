"""A small peer that speaks the aiomas 2.0.1 wire protocol, for tests against the C++ library.

Asyncio and the standard library only, and for the codecs other than JSON `msgpack` and `blosc`. It behaves on the
wire as the original does, quirks included, so that a test that passes against it says something about the original.
Each module needs only those above it in this list:

``errors``, ``frames``, ``codec``, ``dates``   bytes and values, no sockets
``tls``                                        contexts of the original's kind
``channel``                                    request and reply between two ends
``router``                                     names to functions, and services to their paths
``rpc``                                        calls, proxies, the service of a connection
``urls``, ``agent``                            containers of agents
"""
from .agent import Agent, Container
from .channel import Channel, Request, open_connection, start_server
from .codec import CODECS, JSON, Codec, MsgPack, MsgPackBlosc
from .errors import RemoteException, SerializationError
from .router import Router, Service, ServiceDict, expose
from .rpc import Proxy, RpcClient
from .tls import SSLCerts, make_ssl_client_context, make_ssl_server_context

__all__ = [
    "Agent", "CODECS", "Channel", "Codec", "Container", "JSON", "MsgPack", "MsgPackBlosc", "Proxy", "RemoteException",
    "Request", "Router", "RpcClient", "SSLCerts", "SerializationError", "Service", "ServiceDict", "expose",
    "make_ssl_client_context", "make_ssl_server_context", "open_connection", "start_server",
]
