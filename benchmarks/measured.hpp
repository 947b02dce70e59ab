#pragma once

/// The body of `main` of programs that measure with Google Benchmark. Takes its
/// options, and runs what `register_all` registers. Returns the exit code.
int run_measured(int argc, char** argv, void (*register_all)());
