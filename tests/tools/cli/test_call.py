"""Calls that succeed."""
import json
import unittest

from cli.program import Ended, agent_url, call, run


class CallTest(unittest.TestCase):
    def prints(self, result: Ended, line: str) -> None:
        self.assertEqual(result, Ended(0, line + "\n", ""))

    def test_positional_arguments(self) -> None:
        self.prints(call(0, "add", "[3, 4]"), "7")

    def test_each_agent(self) -> None:
        self.prints(call(7, "add", "[-3, 0]"), "-3")

    def test_sums_as_in_python(self) -> None:
        for args, total in (("[9223372036854775807, 1]", "9223372036854775808"),
                            ("[18446744073709551615, 0]", "18446744073709551615"),
                            ("[18446744073709551615, -1]", "18446744073709551614"),
                            ("[9223372036854775808, -9223372036854775808]", "0"),
                            ("[-9223372036854775808, 0]", "-9223372036854775808"),
                            ("[0.5, 0.25]", "0.75"), ("[1, 0.5]", "1.5"), ("[1.0, 2]", "3.0"),
                            ("[18446744073709551615, 0.0]", "1.8446744073709552e+19"),
                            ("[1e308, 1e308]", '{"$float":"inf"}')):
            with self.subTest(args=args):
                self.prints(call(0, "add", args), total)

    def test_no_arguments(self) -> None:
        self.prints(call(0, "none"), "null")
        self.prints(call(0, "none", "[]", "--kwargs", "{}"), "null")

    def test_keyword_arguments(self) -> None:
        self.prints(call(0, "describe", '["abc"]', "--kwargs", '{"loud": true}'), '"ABC"')
        self.prints(call(0, "add", "--kwargs", '{"b": 4, "a": 3}'), "7")
        self.prints(call(0, "add", "[1]", "-k", '{"b": 1}'), "2")

    def test_sub_service(self) -> None:
        self.prints(call(0, "sub/ping", "[null]"), '["pong",null]')

    def test_options_in_any_order(self) -> None:
        self.prints(run("call", "--codec", "json", "--timeout", "15.5", agent_url(0), "add", "[3, 4]"), "7")
        self.prints(call(0, "add", "[3, 4]", "-c", "json", "-t", "15"), "7")

    def test_values_come_back_as_they_are(self) -> None:
        for text in ("null", "true", "0", "1", "1.0", "-0.0", "1e+300", "18446744073709551615", "-9223372036854775808",
                     '""', '"ü😀\\u0000\\n"', "[]", "[[]]", "{}", '{"z":1,"a":[2,{}],"":null}', '{"$float":"nan"}',
                     '{"$float":"-inf"}'):
            with self.subTest(value=text):
                self.prints(call(0, "service", f"[{text}]"), text)

    def test_python_floats(self) -> None:
        self.prints(call(0, "service", "[[NaN, Infinity]]"), '[{"$float":"nan"},{"$float":"inf"}]')

    def test_keys_that_are_no_strings(self) -> None:
        # JSON makes strings of them.
        self.prints(call(0, "service", '[{"$map": [[1, "x"], [null, "y"]]}]'), '{"1":"x","null":"y"}')

    def test_proxies_are_shown_with_their_path(self) -> None:
        paths = [{"__type__": [3, f"agents/{aid}"]} for aid in range(3)]
        self.prints(call(0, "peers"), json.dumps(paths, separators=(",", ":")))

    def test_dates_pass_through(self) -> None:
        date = '{"__type__":[0,"2016-02-29T23:59:59.000001+00:00"]}'
        self.prints(call(0, "service", f"[{date}]"), date)
