// SPDX-License-Identifier: Apache-2.0
// What a file holds that is no image, as people name it: a Git-LFS pointer, a page of HTML, an
// archive. For the message about a file that was taken for a photograph. Any thread.
#pragma once

#include <string>
#include <string_view>

namespace pomona {

// "a Git-LFS pointer, …: fetch the files with `git lfs pull`", by the first kSniffBytes of bytes of
// which sniff_format() is kNone. Never holds any of them.
std::string foreign_content(std::string_view bytes);
// Does it know better than "bytes that begin like no image format"?
bool is_known_content(std::string_view bytes);

}  // namespace pomona
