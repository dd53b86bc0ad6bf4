// SPDX-License-Identifier: Apache-2.0
#include "pomona/dataset/files/failure_table.h"

#include "pomona/csv/csv_writer.h"

namespace pomona {

void write_failures(const std::vector<FileFailure>& failures, ObjectStore& store) {
  CsvWriter csv(store, "failures.csv");
  csv.text("path").text("stage").text("kind").text("message").end_row();
  for (const FileFailure& failure : failures) {
    csv.text(failure.path).text(failure.stage).text(failure.kind).text(failure.message).end_row();
  }
  csv.commit();
}

}  // namespace pomona
