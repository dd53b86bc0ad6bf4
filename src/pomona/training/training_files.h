// SPDX-License-Identifier: Apache-2.0
// The files that TrainOptions names, opened. Any thread.
#pragma once

#include <optional>
#include <string>

#include "pomona/catalogue/catalogue.h"
#include "pomona/storage/store_opener.h"
#include "pomona/training/output_layer_prior.h"
#include "pomona/training/train.h"

namespace pomona {

// None where the place is empty. Throws as Catalogue::parse() does.
std::optional<Catalogue> open_catalogue(const std::string& place, const StoreOpener& stores);
// Those of the options; none where they name none. Throws as BackboneClasses::parse() and
// check_prior() do.
std::optional<BackboneClasses> open_backbone_classes(const TrainOptions& options,
                                                     const StoreOpener& stores);

}  // namespace pomona
