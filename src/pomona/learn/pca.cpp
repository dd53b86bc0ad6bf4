// SPDX-License-Identifier: Apache-2.0
#include "pomona/learn/pca.h"

#include <string>

#include "pomona/base/error.h"
#include "pomona/learn/affine.h"

namespace pomona {

Projection fold(const Scaler& scaler, const Pca& pca) {
  if (scaler.dims() != pca.dims()) {
    throw Error(ErrorKind::kInvalidInput, "folding scaler and PCA: the scaler has " +
                                              std::to_string(scaler.dims()) +
                                              " dimensions, the PCA " + std::to_string(pca.dims()));
  }
  Projection projection{pca.components, std::vector<double>(pca.n_components())};
  for (std::size_t i = 0; i < pca.n_components(); ++i) {
    for (std::size_t j = 0; j < pca.dims(); ++j) {
      double& weight = projection.weights(i, j);
      weight /= scaler.scale[j];
      projection.offset[i] -= weight * scaler.mean[j];
    }
  }
  return projection;
}

void project(const Projection& projection, MatrixView<const float> rows,
             MatrixView<float> components) {
  apply_affine("projecting features", projection.weights, projection.offset, rows, components);
}

}  // namespace pomona
