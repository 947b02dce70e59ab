"""The exceptions a peer can see by name: they carry the module name of the original, since tracebacks travel as text."""


class AiomasError(Exception):
    __module__ = "aiomas.exceptions"


class SerializationError(AiomasError):
    """A value can't be written by the codec of this connection."""
    __module__ = "aiomas.exceptions"


class RemoteException(AiomasError):
    """The other side answered with an EXCEPTION; `remote_traceback` is whatever it sent, normally text."""
    __module__ = "aiomas.exceptions"

    def __init__(self, origin, remote_traceback):
        super().__init__(origin, remote_traceback)
        self.origin = origin
        self.remote_traceback = remote_traceback

    def __str__(self) -> str:
        return f"Origin: {self.origin}\n{self.remote_traceback}"

    @property
    def last_line(self) -> str:
        """`TypeName: message`, the part of a traceback that programs look at."""
        return str(self.remote_traceback).rstrip("\n").rpartition("\n")[2]
