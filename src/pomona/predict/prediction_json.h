// SPDX-License-Identifier: Apache-2.0
// An answer as JSON, at the border of a front. Any thread.
#pragma once

#include <cstddef>
#include <string>

#include "pomona/base/json.h"
#include "pomona/catalogue/catalogue.h"
#include "pomona/predict/predict.h"

namespace pomona {

// One object a photograph, as `pomona predict --json` prints it and docs/formats.md describes it.
Json prediction_json(const std::string& path, const Prediction& prediction,
                     const Catalogue& catalogue, Language language, std::size_t top);

}  // namespace pomona
