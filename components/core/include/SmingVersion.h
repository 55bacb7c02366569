/** Version of this framework; the same as in pyproject.toml. */
#pragma once

#define SMING_MAJOR_VERSION 0
#define SMING_MINOR_VERSION 1
#define SMING_PATCH_VERSION 0
#define SMING_VERSION "0.1.0"
