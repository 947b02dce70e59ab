"""Certificates for tests of TLS, as scripts/make-certs makes them."""
import pathlib
import subprocess

from peer import SSLCerts

ROOT = pathlib.Path(__file__).resolve().parents[2]
MAKE_CERTS = ROOT / "scripts" / "make-certs"


def make_certs(folder: pathlib.Path, *names: str) -> pathlib.Path:
    """Certificates for this machine, and for `names`. Of the CA in `folder`, if one is there."""
    subprocess.run([str(MAKE_CERTS), str(folder), *names], check=True, timeout=60)
    return folder


def certs_in(folder: pathlib.Path) -> SSLCerts:
    return SSLCerts(*(str(folder / name) for name in ("ca.pem", "device.pem", "device.key")))
