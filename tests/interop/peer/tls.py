"""TLS as the original has it: version 1.2 alone, and both ends show a certificate that comes from the same CA."""
from ssl import (CERT_REQUIRED, OP_NO_COMPRESSION, OP_SINGLE_ECDH_USE, PROTOCOL_TLS_CLIENT, PROTOCOL_TLS_SERVER,
                 SSLContext, TLSVersion)
from typing import NamedTuple, Optional, Tuple, Union


class SSLCerts(NamedTuple):
    """The files, all in PEM format, that a container makes its contexts of."""
    cafile: str
    certfile: str
    keyfile: str


# What containers take: for incoming connections the first context, for outgoing ones the second.
SSLChoice = Union[None, SSLCerts, Tuple[SSLContext, SSLContext]]


def make_ssl_server_context(cafile: str, certfile: str, keyfile: str) -> SSLContext:
    context = _make_context(PROTOCOL_TLS_SERVER, cafile, certfile, keyfile)
    context.options |= OP_SINGLE_ECDH_USE | OP_NO_COMPRESSION
    return context


def make_ssl_client_context(cafile: str, certfile: str, keyfile: str) -> SSLContext:
    """The host that is connected to must be in the certificate of the server."""
    return _make_context(PROTOCOL_TLS_CLIENT, cafile, certfile, keyfile)


def make_contexts(ssl: SSLChoice) -> Tuple[Optional[SSLContext], Optional[SSLContext]]:
    """The contexts for servers and for clients. (The original takes what it doesn't know for "no TLS".)"""
    if ssl is None:
        return None, None
    if isinstance(ssl, SSLCerts):
        return make_ssl_server_context(*ssl), make_ssl_client_context(*ssl)
    if len(ssl) != 2 or not all(isinstance(context, SSLContext) for context in ssl):
        raise TypeError('"ssl" must contain two "ssl.SSLContext" instances; one for the server and one for the client.')
    return ssl


def _make_context(protocol: int, cafile: str, certfile: str, keyfile: str) -> SSLContext:
    context = SSLContext(protocol)
    context.minimum_version = context.maximum_version = TLSVersion.TLSv1_2
    context.set_ciphers("ECDH+AESGCM")
    context.verify_mode = CERT_REQUIRED
    context.load_verify_locations(cafile=cafile)
    context.load_cert_chain(certfile, keyfile)
    return context
