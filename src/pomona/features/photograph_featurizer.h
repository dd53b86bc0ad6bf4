// SPDX-License-Identifier: Apache-2.0
// From the bytes of photographs to rows of features: decode, crops, network. Every way into Pomona
// goes through it: extraction workers, prediction, a Python binding, a Spark stage. Networks are
// compiled once and shared; each thread has a featurizer of its own, with slots of the networks
// that nobody else uses.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "pomona/base/expected.h"
#include "pomona/features/extract_setup.h"
#include "pomona/features/feature_queue.h"
#include "pomona/features/preprocess.h"
#include "pomona/features/preview.h"
#include "pomona/image/decode.h"

namespace pomona {

// Used by one thread at a time. After an exception it is as new once abandon() was called.
class PhotographFeaturizer {
 public:
  // Rows of `crops` of those that the networks are for, in this order; all: networks.every_crop().
  // The networks outlive it.
  PhotographFeaturizer(const CropNetworks& networks, const ExtractSetup& setup,
                       std::vector<std::size_t> crops, std::vector<std::size_t> slots);

  // Other slots from now on. No photograph may be added that was not finished.
  void use(std::vector<std::size_t> slots) { queue_.use(std::move(slots)); }

  std::size_t row_width() const { return queue_.row_width(); }
  void reserve(std::size_t photographs) { queue_.reserve(photographs); }

  // Begins a row for a photograph: decodes it and hands its crops to the network. One that cannot
  // be decoded gets no row, but the reason. Throws what the network throws. With `keep_preview`
  // preview() is that of this photograph.
  expected<Decoded, DecodeFailure> add(std::string_view bytes, const DecodeLimits& limits,
                                       bool keep_preview = false);
  // The same for upright pixels, which cannot fail.
  void add(const Image& upright);
  // Of the encoded photograph added last, upright; only the pixels that the crops need.
  const Image& decoded() const { return image_; }
  // A JPEG, valid until the next add().
  std::string_view preview() const { return preview_; }

  // Begins a row of features that are known already, to be written before the next call.
  std::span<float> add_known() { return queue_.add_row(); }

  // Waits; rows × row_width() of all rows begun since the last finish().
  std::vector<float> finish() { return queue_.finish(); }
  // Drops them instead.
  void abandon() noexcept { queue_.abandon(); }

  const FeatureQueue::Counts& counts() const { return queue_.counts(); }

 private:
  void add_crops(const Image& image, bool keep_preview);

  std::vector<std::size_t> crops_;
  FeatureQueue queue_;
  Preprocessor preprocessor_;
  Decoder decoder_;
  PreviewMaker preview_maker_;
  Image image_;
  std::string_view preview_;
};

}  // namespace pomona
