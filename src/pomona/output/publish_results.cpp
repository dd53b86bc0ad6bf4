// SPDX-License-Identifier: Apache-2.0
#include "pomona/output/publish_results.h"

#include "pomona/base/stop.h"

namespace pomona {

void write_record(const Json& record, OutputFolder& out) {
  out.staged().write("run.json", print_json(record));
}

void publish_results(const Json& record, const Digests& known, const std::vector<Move>& moves,
                     OutputFolder& out, std::size_t workers, const std::stop_token& stop) {
  write_record(record, out);
  write_digests(out.staged(), known, workers);
  throw_if_stopped(stop);
  out.publish(moves);
}

Error error_of_work(const Error& error, OutputFolder& out) {
  // Files of ours that are gone may have been taken away.
  if (error.kind() == ErrorKind::kNotFound || error.kind() == ErrorKind::kCorrupt) {
    out.refuse_if_overtaken();
  }
  if (!out.keeps_work()) return error;
  // Other photographs or other options may repair it; this work must not be in their way.
  if (error.kind() == ErrorKind::kInvalidInput) out.mark_discardable();
  return Error(error.kind(),
               std::string(error.what()) + "; what is finished is kept in '" + out.place() +
                   "': the same command goes on from there (with retry_failures it also "
                   "reads again what failed), `pomona clean` removes it");
}

}  // namespace pomona
