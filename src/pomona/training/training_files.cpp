// SPDX-License-Identifier: Apache-2.0
#include "pomona/training/training_files.h"

#include <cstdint>

namespace pomona {
namespace {

constexpr std::uint64_t kMaxCatalogueBytes = 16ULL << 20U;
constexpr std::uint64_t kMaxBackboneClassesBytes = 1ULL << 20U;

}  // namespace

std::optional<Catalogue> open_catalogue(const std::string& place, const StoreOpener& stores) {
  if (place.empty()) return std::nullopt;
  return Catalogue::parse(read_place(place, kMaxCatalogueBytes, stores), "'" + place + "'");
}

std::optional<BackboneClasses> open_backbone_classes(const TrainOptions& options,
                                                     const StoreOpener& stores) {
  const std::string& place = options.backbone_classes;
  if (place.empty()) return std::nullopt;
  check_prior(options);
  return BackboneClasses::parse(read_place(place, kMaxBackboneClassesBytes, stores),
                                "'" + place + "'");
}

}  // namespace pomona
