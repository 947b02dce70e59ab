"""Tests of the command line tool: `test_cli.py --bin DIR [--timeout SECONDS] [-k PATTERN]`.

DIR or a folder below it holds `aiomas`, `echo_server` and the plug-ins of the tests.
"""
import argparse
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "interop"))

from cli import program  # noqa: E402
from live.process import end_children_on_sigterm  # noqa: E402

MODULES = ("cli.test_usage", "cli.test_call", "cli.test_call_errors", "cli.test_frames", "cli.test_codecs",
           "cli.test_echo_server", "cli.test_node")


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=pathlib.Path, metavar="DIR", required=True, help="where the programs are")
    parser.add_argument("--timeout", type=float, default=20, metavar="S", help="limit of each wait, default %(default)s")
    parser.add_argument("-k", action="append", dest="patterns", metavar="PATTERN", help="only tests whose name has this")
    parser.add_argument("-v", "--verbose", action="store_true")
    return parser.parse_args()


def main() -> int:
    end_children_on_sigterm()
    args = parse_args()
    program.find(args.bin, args.timeout)
    loader = unittest.TestLoader()
    if args.patterns:
        loader.testNamePatterns = [p if "*" in p else f"*{p}*" for p in args.patterns]
    try:
        result = unittest.TextTestRunner(verbosity=2 if args.verbose else 1).run(loader.loadTestsFromNames(MODULES))
    finally:
        program.stop_servers()
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
