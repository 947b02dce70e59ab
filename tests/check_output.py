#!/usr/bin/env python3
"""Runs a program and checks its exit code and what it prints.

Usage: check_output.py EXPECTED PROGRAM [ARGUMENT...]

EXPECTED is a text file with one regular expression for each line of the
program's standard output. Each must match its whole line. The exit code must be 0.
"{certs}" in an argument stands for a folder with fresh certificates for TLS.
"""
import pathlib
import re
import subprocess
import sys
import tempfile

MAKE_CERTS = pathlib.Path(__file__).resolve().parents[1] / 'scripts' / 'make-certs'


def mismatches(expected, actual):
    for number in range(max(len(expected), len(actual))):
        pattern = expected[number] if number < len(expected) else None
        line = actual[number] if number < len(actual) else None
        if pattern is None or line is None or not re.fullmatch(pattern, line):
            yield number + 1, pattern, line


def run_program(command):
    with tempfile.TemporaryDirectory() as folder:
        if any('{certs}' in argument for argument in command):
            subprocess.run([MAKE_CERTS, folder], check=True)
        return subprocess.run([argument.replace('{certs}', folder) for argument in command],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              encoding='utf-8', errors='replace')


def main():
    path, *command = sys.argv[1:]
    with open(path, encoding='utf-8') as file:
        expected = file.read().splitlines()
    if not expected:
        sys.exit(f'{path} expects nothing')
    run = run_program(command)
    print(run.stdout, end='')
    failed = False
    for number, pattern, line in mismatches(expected, run.stdout.splitlines()):
        failed = True
        wanted = 'no more lines' if pattern is None else pattern
        got = 'no more lines' if line is None else line
        print(f'line {number}\n  expected: {wanted}\n  got:      {got}',
              file=sys.stderr)
    if run.returncode != 0:
        failed = True
        print(f'exit code {run.returncode}', file=sys.stderr)
    sys.exit(1 if failed else 0)


if __name__ == '__main__':
    main()
