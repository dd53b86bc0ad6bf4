// SPDX-License-Identifier: Apache-2.0
#include "pomona/report/report.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "command.h"
#include "flags.h"
#include "pomona/pipeline/output_digests.h"
#include "pomona/storage_s3/open_store.h"

namespace pomona::cli {

void add_report(CLI::App& app, Command& chosen) {
  CLI::App* command =
      app.add_subcommand("report", "Make report.html anew from the files of an output folder");
  auto out = std::make_shared<std::string>();
  auto stores = std::make_shared<StoreOptions>();
  command->add_option("OUT", *out, "Output folder of run")->required();
  add_store_flags(*command, *stores);
  command->callback([&chosen, out, stores] {
    chosen = [out, stores](Session& session) {
      stores->stop = session.stop;
      const std::shared_ptr<ObjectStore> store = open_store(*out, *stores);
      store->write("report.html", render_report(*store));
      renew_digest(*store, "report.html");
      std::printf("Report: %s/report.html\n", out->c_str());
      return 0;
    };
  });
}

}  // namespace pomona::cli
