// SPDX-License-Identifier: Apache-2.0
#include "pomona/features/memory_features.h"

#include "pomona/base/error.h"

namespace pomona {
namespace {

class Reader final : public FeatureReader {
 public:
  Reader(const std::vector<FeatureBatch>& batches, bool with_features)
      : batches_(batches), with_features_(with_features) {}

  bool next(FeatureBatch& batch) override {
    if (next_ == batches_.size()) {
      batch = {};
      return false;
    }
    const FeatureBatch& from = batches_[next_++];
    if (with_features_) {
      batch = from;
    } else {
      batch = {from.path, from.label, from.split, Matrix<float>(from.rows(), 0)};
    }
    return true;
  }

 private:
  const std::vector<FeatureBatch>& batches_;
  bool with_features_;
  std::size_t next_ = 0;
};

}  // namespace

void MemoryFeatures::add(const FeatureBatch& batch) {
  if (batch.rows() == 0) return;
  if (batch.label.size() != batch.rows() || batch.split.size() != batch.rows() ||
      batch.features.rows() != batch.rows()) {
    throw Error(ErrorKind::kInvalidInput,
                "keeping rows of features: path, label, split and features differ in length");
  }
  if (!batches_.empty() && batches_.front().features.cols() != batch.features.cols()) {
    throw Error(ErrorKind::kInvalidInput, "keeping rows of features: expected " +
                                              std::to_string(batches_.front().features.cols()) +
                                              " a row, found " +
                                              std::to_string(batch.features.cols()));
  }
  batches_.push_back(batch);
  rows_ += batch.rows();
}

std::unique_ptr<FeatureReader> MemoryFeatures::read() const {
  return std::make_unique<Reader>(batches_, /*with_features=*/true);
}

std::unique_ptr<FeatureReader> MemoryFeatures::read_keys() const {
  return std::make_unique<Reader>(batches_, /*with_features=*/false);
}

}  // namespace pomona
