"""What tests of calls that fail have in common."""
import unittest

from cli.program import Ended


class FailureTest(unittest.TestCase):
    def failed(self, result: Ended, code: int, *texts: str) -> None:
        """The program ended with `code` and printed nothing but a complaint, which has all `texts` in it."""
        self.assertEqual((result.code, result.out), (code, ""), result.err)
        self.assertTrue(result.err.startswith("aiomas: "), result.err)
        for text in texts:
            self.assertIn(text, result.err)
