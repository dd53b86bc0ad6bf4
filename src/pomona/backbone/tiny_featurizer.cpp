// SPDX-License-Identifier: Apache-2.0
#include "pomona/backbone/tiny_featurizer.h"

#include <cassert>
#include <vector>

#include "pomona/base/error.h"
#include "pomona/base/random.h"

namespace pomona {
namespace {

constexpr std::size_t kBlocks = 4;  // a side
constexpr std::size_t kMeans = 3 * kBlocks * kBlocks;

Matrix<float> projection(std::uint64_t seed, std::size_t rows, std::size_t cols) {
  Random random(seed);
  Matrix<float> weights(rows, cols);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    weights.data()[i] = static_cast<float>(random.uniform() * 2 - 1);
  }
  return weights;
}

// out = max(0, weights · in), as the activations of a last layer would be.
void project(const Matrix<float>& weights, std::span<const float> in, std::span<float> out) {
  for (std::size_t i = 0; i < weights.rows(); ++i) {
    float sum = 0;
    for (std::size_t k = 0; k < weights.cols(); ++k) sum += weights(i, k) * in[k];
    out[i] = sum < 0 ? 0 : sum;
  }
}

class TinyFeaturizer : public Featurizer {
 public:
  TinyFeaturizer(std::size_t size, std::size_t batch, std::size_t slots)
      : size_(size), feature_weights_(projection(1, kTinyFeatureCount, kMeans)) {
    for (std::size_t slot = 0; slot < slots; ++slot) {
      slots_.push_back(
          {Matrix<float>(batch, 3 * size * size), Matrix<float>(batch, kTinyFeatureCount)});
    }
  }

  int size() const override { return static_cast<int>(size_); }
  std::size_t batch() const override { return slots_.front().input.rows(); }
  std::size_t slots() const override { return slots_.size(); }
  std::size_t feature_count() const override { return kTinyFeatureCount; }

  std::span<float> input(std::size_t slot, std::size_t row) override {
    return slots_[slot].input.row(row);
  }

  void submit(std::size_t slot) override {
    Slot& work = slots_[slot];
    for (std::size_t row = 0; row < batch(); ++row) {
      const std::array<float, kMeans> means = block_means(work.input.row(row));
      project(feature_weights_, means, work.features.row(row));
    }
  }

  MatrixView<const float> collect(std::size_t slot) override {
    return slots_[slot].features.view();
  }

 private:
  struct Slot {
    Matrix<float> input;
    Matrix<float> features;
  };

  std::array<float, kMeans> block_means(std::span<const float> planes) const {
    std::array<float, kMeans> sums{};
    std::array<float, kMeans> counts{};
    for (std::size_t i = 0; i < planes.size(); ++i) {
      const std::size_t channel = i / (size_ * size_);
      const std::size_t y = i / size_ % size_ * kBlocks / size_;
      const std::size_t x = i % size_ * kBlocks / size_;
      const std::size_t block = (channel * kBlocks + y) * kBlocks + x;
      sums[block] += planes[i];
      counts[block] += 1;
    }
    for (std::size_t block = 0; block < kMeans; ++block) sums[block] /= counts[block];
    return sums;
  }

  std::size_t size_;
  Matrix<float> feature_weights_;
  std::vector<Slot> slots_;
};

}  // namespace

BackboneSpec tiny_backbone_spec() {
  BackboneSpec spec;
  spec.name = "tiny";
  spec.size = 32;
  spec.feature_count = kTinyFeatureCount;
  spec.source = "made for tests";
  spec.license = "Apache-2.0";
  return spec;
}

std::unique_ptr<Featurizer> make_tiny_featurizer(const FeaturizerOptions& options) {
  options.check();
  const int size = options.size == 0 ? tiny_backbone_spec().size : options.size;
  const int batch = options.batch == 0 ? 4 : options.batch;
  if (size < static_cast<int>(kBlocks)) {
    throw Error(ErrorKind::kInvalidInput,
                "the tiny featurizer takes pictures of at least 4 pixels");
  }
  return std::make_unique<TinyFeaturizer>(static_cast<std::size_t>(size),
                                          static_cast<std::size_t>(batch), options.slots);
}

}  // namespace pomona
