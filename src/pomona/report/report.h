// SPDX-License-Identifier: Apache-2.0
// The page people look at: what a run left in its folder, put into the page that web/ builds. One
// file, no network, under 8 MB whatever the run was like. All functions may be called from any
// thread.
//
// What goes in is one JSON object (web/src/report_data.ts reads it, docs/formats.md explains the
// figures):
//   run, metrics     run.json and metrics.json, without confusions and surest mistakes; null where
//                    missing
//   cells            the confusion matrix, sparse: [truth, prediction, count], indices into labels
//   pairs            the worst confusions: truth, prediction, count, rate, examples (photographs
//                    named wrong) and lookalikes (training photographs of the mistaken class)
//   surest_mistakes  photographs named wrong with most confidence, each with truth, prediction,
//                    probability and truth_probability
//   judgements       tables of shares that were measured outside of the run (judgements.h)
//   tsne             tsne.json, null where missing
//   sheet            the contact sheet: for each label a few photographs
//   failures         total, kinds (stage, kind, count) and the first rows of failures.csv
//   photo_start      what the pictures below have in common at their beginning, in base64: the
//                    header, half of a small JPEG
//   photos           the rest of each picture, JPEG in base64; a photograph is {path, split, photo:
//                    index, or null where there is none}
//   left_out         sentences on what found no room
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "pomona/base/json.h"
#include "pomona/report/photographs.h"
#include "pomona/storage/object_store.h"

namespace pomona {

inline constexpr std::size_t kMaxPageBytes = 8'000'000;

// The page without figures, as built by web/ and compiled in.
std::string_view report_template();

// Reads an output folder of `run`, complete or staged, or of another verb, and its previews: what
// it lacks is left out. The result takes at most `max_bytes` in the page; pictures take only the
// room that figures leave. Throws not_found when there is neither run.json nor metrics.json,
// corrupt when a file does not hold what docs/formats.md says. `judgements`: what
// parse_judgements() gave, or no table.
Json collect_report_data(const ObjectStore& out, const PreviewPlace& previews,
                         std::size_t max_bytes, Json judgements = Json::array());

// Puts the data into its place. Text in it can never end the script it stands in. Throws internal
// when the template lacks the place or has two.
std::string render_report(std::string_view page_template, const Json& data);

// Both, with the page compiled in: the bytes of report.html.
std::string render_report(const ObjectStore& out, const PreviewPlace& previews,
                          Json judgements = Json::array());

}  // namespace pomona
