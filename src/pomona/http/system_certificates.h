// SPDX-License-Identifier: Apache-2.0
// Where the certificate authorities lie that https trusts when nobody names others.
//
// Distributions keep them in different files, and libcurl looks for that of the one it was built
// on. The wheel brings Debian's libcurl to others, so their files are known as well. Any thread.
#pragma once

#include <span>
#include <string>

namespace pomona {

// A PEM file: `built_in` where it exists, else the first of `others` that does. "" where there is
// none, or none is built in: libcurl then does what it was built for.
std::string first_certificates(const std::string& built_in, std::span<const char* const> others);

// The same, of those that libcurl and common distributions know.
std::string system_certificates();

}  // namespace pomona
