// SPDX-License-Identifier: Apache-2.0
// Labels that training knows from the studio domain alone; answers must say so. Any thread.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "pomona/dataset/table_rows.h"

namespace pomona {

// `studio`: names of the sources of the studio domain. Throws invalid_input for one that is none of
// `sources`, those of training photographs, and lists these.
void check_studio(const std::vector<std::string>& studio, const std::vector<std::string>& sources);

// Of the training labels, in byte order, by the rows `learnt`. The first part of each path names
// its source.
std::vector<std::string> studio_only_labels(const TableRows& rows,
                                            std::span<const std::size_t> learnt,
                                            const std::vector<std::string>& studio);

}  // namespace pomona
