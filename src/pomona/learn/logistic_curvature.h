// SPDX-License-Identifier: Apache-2.0
// Coordinates in which the logistic objective is nearly as steep one way as any other, so that
// L-BFGS needs few passes over the rows. For the sources of this module. One thread at a time; a
// call starts workers of its own.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "pomona/base/matrix.h"
#include "pomona/learn/linear_algebra.h"

namespace pomona {

// A linear change of variables, parameters = step · U⁻¹ · free, for parameters of class_count ×
// (dims
// + 1). Either one scale a column, or a triangular block a class. Which one changes how fast the
// minimum is found, not where it is.
class LogisticCurvature {
 public:
  // U is diagonal, the same for all classes.
  LogisticCurvature(std::vector<double> column_scales, std::size_t workers);
  // UᵀU is block diagonal.
  LogisticCurvature(std::vector<CholeskyFactor> class_factors, std::size_t workers);

  void set_step(double step) { step_ = step; }

  // In place: free → parameters, and back.
  void to_parameters(MatrixView<double> free) const;
  void to_free(MatrixView<double> parameters) const;
  // In place: gradient by parameters → gradient by free variables.
  void gradient_to_free(MatrixView<double> gradient) const;
  // Half the squared length of a gradient by free variables, step taken out: where curvature is
  // well met, the distance of the objective from its minimum.
  double estimated_gap(std::span<const double> free_gradient) const;

 private:
  std::vector<double> column_scales_;  // of U⁻¹
  std::vector<CholeskyFactor> class_factors_;
  std::size_t workers_;
  double step_ = 1;
};

}  // namespace pomona
