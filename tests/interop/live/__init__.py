"""The live tests: a real server process, real connections, both languages. `test_live.py` runs them."""
