// SPDX-License-Identifier: Apache-2.0
// Does a bundle answer here as it did where it was made? Synthetic inputs, never photographs. Any
// thread; a call takes slot 0 of the networks for itself.
#pragma once

#include <cstddef>
#include <vector>

#include "pomona/bundle/bundle.h"
#include "pomona/features/crop_networks.h"

namespace pomona {

inline constexpr std::size_t kSelfCheckCases = 3;

// Answers to synthetic inputs, with the bundle's backbone, projection and classifier.
std::vector<SelfCheckCase> answer_self_check(const Bundle& bundle, const CropNetworks& networks,
                                             std::size_t cases);

// Answers the first `cases` of bundle.self_check again. Throws corrupt when an answer is further
// off than the tolerance for the bundle's precision, saying by how much.
void run_self_check(const Bundle& bundle, const CropNetworks& networks, std::size_t cases);

}  // namespace pomona
