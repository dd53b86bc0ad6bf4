// SPDX-License-Identifier: Apache-2.0
// Messages of the core name the fields of options structs; who typed a command knows flags. Any
// thread.
#pragma once

#include <string>
#include <string_view>

namespace pomona::cli {

// The message, and behind it the flags of the fields that it is about: those that it, or a part of
// it behind a colon, begins with, and those that are two words and stand anywhere outside of
// quotes. "part_files: expected 1 to 65536, found 0 (--part-files)". Behind "a name in images" it
// is SOURCE=FOLDER.
std::string with_flags(std::string_view message);

// The message for a program that knows fields: flags become the names of their fields.
// "--max-failures: …" is "max_failures: …", and "--no-scale" is "scale".
std::string with_fields(std::string_view message);

}  // namespace pomona::cli
