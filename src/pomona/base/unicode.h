// SPDX-License-Identifier: Apache-2.0
// Names that people type, in the forms in which they are compared. macOS writes the names of files
// decomposed ("e" and an accent), other systems and keyboards composed ("é"). Any thread.
#pragma once

#include <string>
#include <string_view>

namespace pomona {

// In Unicode's composed normal form, NFC. Text that is not UTF-8 stays as it is.
std::string to_nfc(std::string_view text);

// The same for names that a reader would take for the same: without case, blanks, hyphens and
// underscores, compatible forms alike. For finding near misses, never for a label itself.
std::string to_folded(std::string_view text);

// Letters of ASCII in lower case, every other byte as it is: for extensions, names of headers and
// marks, which are ASCII.
std::string ascii_lower(std::string_view text);

}  // namespace pomona
