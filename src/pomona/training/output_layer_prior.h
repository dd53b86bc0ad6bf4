// SPDX-License-Identifier: Apache-2.0
// A Gaussian prior of logistic regression, centred on the backbone's output layer. The backbone saw
// photographs in the wild, and some of its own classes are labels of ours. For labels that only the
// studio domain shows, the prior keeps what the backbone learnt of them in the wild. Both classes
// are immutable and may be read from several threads.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "pomona/backbone/backbone.h"
#include "pomona/base/matrix.h"
#include "pomona/training/reduce.h"
#include "pomona/training/train.h"

namespace pomona {

class BackboneClasses {
 public:
  // The file of --backbone-classes: CSV with the columns `class`, the number of one of the
  // backbone's own classes from 0, and `label`; others are passed over. Several classes may show
  // one label. Throws invalid_input, naming `what`, for missing columns, a class that is no number
  // or has two rows, a row without a label, or text that is not UTF-8.
  static BackboneClasses parse(std::string_view csv, const std::string& what);

  const std::map<std::size_t, std::string>& labels() const { return labels_; }
  // What errors call it.
  const std::string& what() const { return what_; }
  // SHA-256 of its text.
  const std::string& digest() const { return digest_; }

 private:
  std::string what_;
  std::string digest_;
  std::map<std::size_t, std::string> labels_;  // by the number of the class
};

// Throws invalid_input for ridge regression, and where no source is of studio pictures alone.
void check_prior(const TrainOptions& options);

class OutputLayerPrior {
 public:
  // Labels of `classes` that are not among `labels` are passed over. Throws invalid_input for a
  // class that the backbone does not have, and as LogitsHead::weights() does.
  OutputLayerPrior(const Backbone& backbone, const BackboneClasses& classes,
                   std::vector<std::string> labels);

  bool knows(const std::string& label) const;

  // labels × components: for each of the labels `unseen` in the wild the mean of the weights
  // that the backbone's output layer gives its classes, as weights of the reduction's components,
  // times kTrust; 0 for other labels.
  Matrix<double> weights(const Reduction& reduction, const std::vector<std::string>& unseen) const;

 private:
  std::vector<std::string> labels_;
  Matrix<double> directions_;  // labels × features; 0 for labels that no class shows
};

}  // namespace pomona
