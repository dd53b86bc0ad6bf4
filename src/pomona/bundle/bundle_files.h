// SPDX-License-Identifier: Apache-2.0
// A bundle as the files it consists of on disk, by name. Inside bundle/ only. Any thread.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "pomona/bundle/bundle.h"

namespace pomona {

// Every bundle has these.
inline constexpr std::array<std::string_view, 4> kBundleFiles = {
    "LICENSE.backbone", "bundle.json", "model.safetensors", "self_check.json"};
// A bundle that goes where its backbone is installed may do without both of these.
inline constexpr std::string_view kBundleWeights = "backbone.bin";
inline constexpr std::string_view kBundleNetwork = "backbone.xml";
// A bundle may have it or not.
inline constexpr std::string_view kBundleCatalogue = "catalogue.json";
// Lists all others in byte order.
inline constexpr std::string_view kBundleSums = "SHA256SUMS";

using BundleFiles = std::map<std::string, std::string, std::less<>>;

// All files but SHA256SUMS.
BundleFiles print_bundle(const Bundle& bundle);

// Makes a bundle of files whose digests were checked. Throws corrupt with the name of the file
// whose content makes no sense; the projection is not made yet, sizes are not compared across
// files.
Bundle parse_bundle(BundleFiles files);

// The text of SHA256SUMS for these files.
std::string print_sums(const BundleFiles& files);

}  // namespace pomona
