// SPDX-License-Identifier: Apache-2.0
// The `stderr` of the archives of libjpeg and libpng: cmake/dependencies.cmake says why they have
// one.
#include <cstdio>

extern "C" {
__attribute__((visibility("hidden"))) extern std::FILE* pomona_stderr;
std::FILE* pomona_stderr = stderr;
}
