// Stands before CAF's own header of this name when the core layers are
// compiled. Every header of CAF includes it.
#error "The core layers (libcaf_aiomas/core-sources.cmake) must not use CAF."
