#pragma once

/// The version of this library, as CMake has it.
#define CAF_AIOMAS_VERSION "0.1.0"
