"""Live tests against the C++ executables: `test_live.py --bin DIR [--transport NAME] [--codec NAME] …`.

DIR or a folder below it holds `echo_server` and the programs beside this file. With `--server CMD` another server is
tested in its place; `--server peer` is the Python twin, for which the tests marked `cpp only` are left out.
"""
import argparse
import pathlib
import shlex
import sys
import unittest

from live import case
from live.process import end_children_on_sigterm
from live.programs import cpp_server, peer_server
from live.settings import settings
from live.transports import TRANSPORTS
from peer import CODECS

MODULES = ("live.test_calls", "live.test_callbacks", "live.test_values", "live.test_msgpack", "live.test_random",
           "live.test_types", "live.test_arrays", "live.test_requests", "live.test_faults", "live.test_cpp_client")


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=pathlib.Path, metavar="DIR", help="where the C++ executables are")
    parser.add_argument("--server", metavar="CMD", help="another server to test, `peer` for the Python one")
    parser.add_argument("--transport", choices=TRANSPORTS, default="tcp", help="how they connect, default %(default)s")
    parser.add_argument("--codec", choices=CODECS, default="json", help="what is spoken, default %(default)s")
    parser.add_argument("--timeout", type=float, default=10, metavar="S", help="limit of each wait, default %(default)s")
    parser.add_argument("-k", action="append", dest="patterns", metavar="PATTERN", help="only tests whose name has this")
    parser.add_argument("-v", "--verbose", action="store_true")
    args = parser.parse_args()
    if args.bin is None and args.server is None:
        parser.error("say what to test: --bin or --server")
    return args


def main() -> int:
    end_children_on_sigterm()
    args = parse_args()
    settings.timeout = args.timeout
    settings.codec = args.codec
    settings.transport = TRANSPORTS[args.transport]()
    if args.server is None:
        settings.server_command = cpp_server(args.bin, args.codec, settings.transport)
    else:
        settings.is_cpp = args.server != "peer"
        settings.server_command = (shlex.split(args.server) if settings.is_cpp
                                   else peer_server(args.codec, settings.transport))
    settings.bin = args.bin
    loader = unittest.TestLoader()
    if args.patterns:
        loader.testNamePatterns = [p if "*" in p else f"*{p}*" for p in args.patterns]
    suite = loader.loadTestsFromNames(MODULES)
    try:
        result = unittest.TextTestRunner(verbosity=2 if args.verbose else 1).run(suite)
    finally:
        case.stop_server()
    for test, reason in result.skipped if args.verbose else []:
        print(f"skipped: {test}: {reason}")
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
