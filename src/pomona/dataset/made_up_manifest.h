// SPDX-License-Identifier: Apache-2.0
// Photographs that are nowhere, for tests of what is made of a listing. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "pomona/dataset/manifest.h"

namespace pomona {

// `labels` labels of `photographs` each, in the order of a manifest.
inline Manifest made_up_manifest(std::size_t labels, std::size_t photographs) {
  Manifest manifest;
  for (std::size_t label = 0; label < labels; ++label) {
    manifest.labels.push_back(std::to_string(100000 + label));
    for (std::size_t i = 0; i < photographs; ++i) {
      ManifestRow row;
      row.path = manifest.texts->keep(manifest.labels[label] + "/" + std::to_string(i) + ".jpg");
      row.label = static_cast<std::uint32_t>(label);
      manifest.rows.push_back(row);
    }
  }
  return manifest;
}

}  // namespace pomona
