// SPDX-License-Identifier: Apache-2.0
// Gives a finished file its final name unless there is one of that name, on any file system.
#pragma once

#include <string>

namespace pomona {

// Renames a file within a folder unless there is one of the new name. False with errno set
// otherwise; EEXIST when there is one. Any thread and process: of many, one wins, and nobody sees
// an incomplete file.
//
// It uses a hard link, or else a rename that replaces nothing, or else a plain rename under a lock
// of the system, for which a file lies in the folder meanwhile. That lock ends with the process
// that holds it. Where a file system with neither links nor such renames does not pass locks on to
// other machines, writers on two machines may both win.
bool rename_if_absent(int folder, const std::string& from, const std::string& to);

}  // namespace pomona
