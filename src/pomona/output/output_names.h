// SPDX-License-Identifier: Apache-2.0
// Names in an output folder that are ours. Any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace pomona {

inline constexpr const char* kSuccess = "_SUCCESS";
inline constexpr const char* kRunRecord = "run.json";
// Unfinished work, and what says which: gone when a run has published.
inline constexpr const char* kWorkFolder = "_pomona";
inline constexpr const char* kWorkNote = "_pomona/work.json";
// Pictures that compose made. Others below it are not ours: people call folders so.
inline constexpr const char* kComposedFolder = "photographs";

// Where in the output folder unfinished work with this fingerprint lies.
std::string work_folder(const std::string& fingerprint);

// Results at the top of an output folder: files and folders.
const std::vector<std::string>& output_names();
// Is the object one of them, or below one?
bool is_output(std::string_view key);
// The name of a picture that compose made, the index-th of its label: "compose-00007.jpg".
std::string composed_name(std::size_t index);
// They, and the folder of unfinished work: all that a run writes but for _SUCCESS.
std::vector<std::string> written_names();

}  // namespace pomona
