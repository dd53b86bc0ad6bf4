// SPDX-License-Identifier: Apache-2.0
// How verbs that write an output folder end: well, with run.json, SHA256SUMS and publication; or
// with an error that names what is left there. Each call is for the thread that uses the output
// folder.
#pragma once

#include <cstddef>
#include <stop_token>
#include <string>
#include <vector>

#include "pomona/base/error.h"
#include "pomona/base/json.h"
#include "pomona/output/output_digests.h"
#include "pomona/output/output_folder.h"

namespace pomona {

// Stages run.json, also for what is made from the staged results before they are published.
void write_record(const Json& record, OutputFolder& out);

// Publishes what is staged and `moves`, files of out.work() with the digests `known`.
void publish_results(const Json& record, const Digests& known, const std::vector<Move>& moves,
                     OutputFolder& out, std::size_t workers, const std::stop_token& stop);

// The error to end with when work in `out` has failed with `error`: says so when another run took
// that work away, and else where what is finished is kept.
Error error_of_work(const Error& error, OutputFolder& out);

// Runs `body`, which works in `out`.
template <class Body>
auto at_work(OutputFolder& out, const Body& body) {
  try {
    return body();
  } catch (const Error& error) {
    throw error_of_work(error, out);
  }
}

}  // namespace pomona
