// SPDX-License-Identifier: Apache-2.0
#include "pomona/features/photograph.h"

#include <filesystem>
#include <utility>

#include "pomona/base/error.h"
#include "pomona/storage/key.h"
#include "pomona/storage/place.h"
#include "pomona/storage/read_failure.h"
#include "pomona/storage/store_opener.h"

namespace pomona {
namespace {

using Added = expected<AddedPhotograph, PhotographFailure>;

unexpected<PhotographFailure> not_added(PhotographFailure failure) {
  return unexpected<PhotographFailure>(std::move(failure));
}

// read_place() names the absolute path in its errors; here a relative path stays relative in them.
std::string read_file(const std::string& path) {
  const std::filesystem::path given = std::filesystem::path(path).lexically_normal();
  const std::string name = given.filename().string();
  if (is_remote(path) || given.is_absolute() || name.empty() || name == "." || name == "..") {
    return read_place(path, kMaxPhotographBytes, *local_store_opener());
  }
  const std::string folder = given.has_parent_path() ? given.parent_path().string() : ".";
  std::string bytes;
  local_store_opener()->open(folder)->read(key_from_name(name), kMaxPhotographBytes, bytes,
                                           /*version=*/"");
  return bytes;
}

Added add_file(const PhotographFile& file, const DecodeLimits& limits,
               PhotographFeaturizer& featurizer) {
  std::string bytes;
  try {
    bytes = read_file(file.path);
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
