// SPDX-License-Identifier: Apache-2.0
#include "pomona/extract/previews.h"

#include <limits>

#include "pomona/base/random.h"

namespace pomona {
namespace {

constexpr std::uint64_t kMostPreviews = 50'000;
constexpr std::uint64_t kAll = std::numeric_limits<std::uint64_t>::max();

}  // namespace

PreviewChoice::PreviewChoice(std::uint64_t photograph_count)
    : threshold_(photograph_count <= kMostPreviews ? kAll
                                                   : kAll / photograph_count * kMostPreviews) {}

bool PreviewChoice::includes(std::string_view path) const {
  return threshold_ == kAll || hash_text(path, /*seed=*/0) < threshold_;
}

void Previews::append(std::size_t row, std::string_view jpeg) {
  bytes_.insert(bytes_.end(), jpeg.begin(), jpeg.end());
  ends_.push_back(bytes_.size());
  rows_.push_back(row);
}

std::string_view Previews::jpeg(std::size_t index) const {
  const std::size_t begin = index == 0 ? 0 : ends_[index - 1];
  return {bytes_.data() + begin, ends_[index] - begin};
}

}  // namespace pomona
