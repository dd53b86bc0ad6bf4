// SPDX-License-Identifier: Apache-2.0
// What a file holds in place of the content that its name promises, as copies, downloads and tools
// leave it: a Git-LFS pointer, a page of HTML, an archive. Any thread.
#pragma once

#include <cstddef>
#include <string_view>

namespace pomona {

// So many first bytes are enough.
inline constexpr std::size_t kStandInBytes = 512;

// What it is and what to do, by the first bytes: "a Git-LFS pointer, not the file it stands for;
// fetch the files with `git lfs pull`". "" where they are nothing of the kind: the file is then
// what its name says, or damaged.
std::string_view stand_in(std::string_view first_bytes);

// Whether it has no bytes but those of text: UTF-8 or another code that holds ASCII.
bool is_text(std::string_view bytes);

}  // namespace pomona
