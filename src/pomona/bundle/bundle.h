// SPDX-License-Identifier: Apache-2.0
// Everything a prediction needs, by value: the backbone, how to feed it, scaler, PCA, classifier,
// labels, and a few synthetic inputs with the answers they must get. No photograph, no time, no
// host, no path. On disk it is the folder that docs/formats.md describes under `bundle/`.
//
// A bundle knows nothing of networks: the backbone's files are bytes here, its spec is JSON text.
// Functions: any thread. A bundle is a value: any thread reads it, one thread at a time writes.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "pomona/learn/classifier.h"
#include "pomona/learn/pca.h"
#include "pomona/learn/scaler.h"
#include "pomona/neighbours/novelty.h"

namespace pomona {

inline constexpr int kBundleFormat = 2;

enum class ClassifierKind {
  kNone,      // no labels: scaler and PCA alone
  kLogistic,  // acts on the PCA's components
  kRidge,     // acts on the raw features
};
std::string_view classifier_kind_name(ClassifierKind kind);       // "none", "logistic", "ridge"
ClassifierKind classifier_kind_from_name(std::string_view name);  // throws invalid_input

// One synthetic input (synthetic_input.h) and the answers of the machine that made the bundle.
struct SelfCheckCase {
  std::uint64_t seed = 0;
  std::vector<float> features;        // feature_count
  std::vector<double> probabilities;  // one a label; empty without a classifier
};

// How far another machine may be off: |difference| of a feature as a share of the largest
// |feature| expected, and |difference| of a probability.
struct SelfCheckTolerance {
  double features = 0;
  double probabilities = 0;
};

struct SelfCheck {
  std::vector<SelfCheckCase> cases;
  std::map<std::string, SelfCheckTolerance> tolerances;  // by precision name
};

// When a photograph gets no answer. Two limits that together reject `rate` of the training
// photographs: one on the distance to those of other folds, one on the in-distribution score among
// all of them, which is a little too high where there are few photographs.
struct RejectOption {
  double rate = 0;  // 0: everything is answered, and the rest is empty
  // How usual each of the backbone's own classes is for photographs of the labels, 0 to 1; empty:
  // the backbone has none. A photograph below the least in-distribution score, the logarithm of the
  // mean of these over the backbone's probabilities, shows something else.
  std::vector<double> usual_classes;
  double least_in_distribution_score = 0;
  // A photograph farther than this from all that was learnt is of a kind that was not.
  Novelty novelty;
  double most_distance = 0;
};

// Classifies varieties of one label.
struct VarietyClassifier {
  std::string label;
  std::vector<std::string> names;  // in byte order, one a class; a class more is none of them
  Classifier classifier;           // acts on the PCA's components
  // A variety is reported where label and variety together are at least so probable.
  double least_probability = 1;

  bool knows_others() const { return classifier.bias.size() > names.size(); }
};

struct Bundle {
  std::string backbone_spec;  // backbone.json, as print_json() writes it
  std::string network_xml;    // "": to be found among the installed backbones
  std::string network_bin;
  std::string backbone_digest;   // backbone_digest() of the two
  std::string backbone_license;  // its text

  int size = 0;                                // side of the input in pixels
  std::string fit;                             // "squash", "crop", "pad"
  std::vector<std::string> crops = {"whole"};  // features/crop.h; an answer is for their mean
  std::string filter;                          // "bicubic", …
  std::string precision;                       // "f32", "bf16": what the features were computed at
  int batch = 0;

  Scaler scaler;
  Pca pca;
  Projection projection;  // scaler and PCA folded; not stored, made by read_bundle()
  ClassifierKind classifier_kind = ClassifierKind::kNone;
  Classifier classifier;            // with its temperature
  std::vector<std::string> labels;  // in byte order, one a class
  RejectOption reject_option;
  std::vector<VarietyClassifier> varieties;  // in byte order of their labels; few labels have one
  std::vector<std::string> studio_only;      // labels learnt from studio images alone, as ordered

  // What is known about the kinds that labels stand for (catalogue/catalogue.h), JSON text; "":
  // nothing.
  std::string catalogue;

  std::string metrics;          // a JSON object: figures worth knowing, no paths
  std::string training_digest;  // SHA-256 over what it was trained on
  SelfCheck self_check;
};

// Throws invalid_input when sizes do not agree with each other, labels or varieties are not unique
// and in byte order, a number is not finite, or text is not JSON. read_bundle() turns that into
// corrupt.
void check_bundle(const Bundle& bundle);

}  // namespace pomona
