"""What the tests run against; set once by the program that runs them."""
import pathlib
from typing import List, Optional

from peer import CODECS, Codec

from .transports import Tcp, Transport


class Settings:
    timeout = 10.0
    server_command: List[str] = []
    is_cpp = True
    bin: Optional[pathlib.Path] = None
    codec = "json"
    transport: Transport = Tcp()

    def make_codec(self) -> Codec:
        """One without serializers."""
        return CODECS[self.codec]()


settings = Settings()
