// SPDX-License-Identifier: Apache-2.0
#include "pomona/features/photograph.h"

#include <utility>

#include "pomona/base/error.h"
#include "pomona/storage/read_failure.h"
#include "pomona/storage/store_opener.h"

namespace pomona {
namespace {

using Added = expected<AddedPhotograph, PhotographFailure>;

unexpected<PhotographFailure> not_added(PhotographFailure failure) {
  return unexpected<PhotographFailure>(std::move(failure));
}

Added add_file(const PhotographFile& file, const DecodeLimits& limits,
               PhotographFeaturizer& featurizer) {
  std::string bytes;
  try {
    bytes = read_place(file.path, kMaxPhotographBytes, *local_store_opener());
  } catch (const Error& error) {
    return not_added({"read", read_failure_kind(error.kind()), error.what()});
  }
  return add_photograph(std::string_view(bytes), limits, featurizer);
}

Added add_pixels(const Image& upright, PhotographFeaturizer& featurizer) {
  featurizer.add(upright);
  return AddedPhotograph{0, upright};
}

}  // namespace

Added add_photograph(std::string_view bytes, const DecodeLimits& limits,
                     PhotographFeaturizer& featurizer) {
  const auto added = featurizer.add(bytes, limits);
  if (added) return AddedPhotograph{added->damage, featurizer.decoded()};
  return not_added(
      {"decode", std::string(decode_failure_name(added.error().kind)), added.error().message});
}

Added add_photograph(const Photograph& photograph, const DecodeLimits& limits,
                     PhotographFeaturizer& featurizer) {
  if (const auto* bytes = std::get_if<std::string>(&photograph)) {
    return add_photograph(std::string_view(*bytes), limits, featurizer);
  }
  if (const auto* file = std::get_if<PhotographFile>(&photograph)) {
    return add_file(*file, limits, featurizer);
  }
  return add_pixels(std::get<Image>(photograph), featurizer);
}

}  // namespace pomona
