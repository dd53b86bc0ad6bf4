// SPDX-License-Identifier: Apache-2.0
// Fits the reject option (predict/rejector.h): what is usual for photographs of the labels, and the
// limits beyond which a photograph is rejected. Each call is for one thread; it uses train.workers.
#pragma once

#include <cstddef>
#include <stop_token>
#include <string>

#include "pomona/backbone/backbone.h"
#include "pomona/bundle/bundle.h"
#include "pomona/dataset/table_rows.h"
#include "pomona/features/feature_source.h"
#include "pomona/training/train.h"

namespace pomona {

// Of the training rows of a feature table that have a label, but those of
// sources in train.adapt. train.reject_rate is the share that may be rejected: two fifths by
// the backbone's own classes, the rest by distance; all by distance where the backbone kept no
// logits. Distances are those of rows to the rows of other folds (groups whole), so to photographs
// they were not learnt with; where every label has one group their limit is kFarthestNovelty. What
// is usual is learnt from all rows, and its limit set on the same. Rows count by their weights. Of
// more than can be carried along those of the in-the-wild domain come before those of train.studio:
// the heaviest, among equals and in the studio by a hash of their path.
RejectOption fit_reject_option(const FeatureSource& features, const TableRows& rows,
                               const Backbone& backbone, const TrainOptions& train,
                               const std::string& scratch_folder, const std::stop_token& stop);

}  // namespace pomona
