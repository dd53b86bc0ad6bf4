// SPDX-License-Identifier: Apache-2.0
#include "pomona/report/report.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "command.h"
#include "flags.h"
#include "pomona/output/output_digests.h"
#include "pomona/report/judgements.h"

namespace pomona::cli {
namespace {

Json read_judgements(const std::string& place, const StoreOpener& stores) {
  if (place.empty()) return Json::array();
  return parse_judgements(read_place(place, kMaxJudgementsBytes, stores), "'" + place + "'");
}

}  // namespace

void add_report(CLI::App& app, Command& chosen) {
  CLI::App* command =
      app.add_subcommand("report", "Write report.html again from the files of an output folder");
  auto out = std::make_shared<std::string>();
  auto judgements = std::make_shared<std::string>();
  command->add_option("OUT", *out, "Output folder of run")->required();
  command
      ->add_option("--judgements", *judgements,
                   "JSON of shares measured outside of the run, such as how often the model "
                   "rejects what is no fruit, to be shown as tables (docs/formats.md)")
      ->type_name("FILE");
  const auto stores = add_store_flags(*command);
  command->footer(
      "Examples:\n"
      "  pomona report results\n"
      "  pomona report results --judgements judgements.json");
  command->callback([&chosen, out, judgements, stores] {
    chosen = [out, judgements, stores](Session& session) {
      const std::shared_ptr<const StoreOpener> opener = store_opener(*stores, session);
      const std::shared_ptr<ObjectStore> store = opener->open(*out);
      store->write("report.html", render_report(*store, previews_in(*store),
                                                read_judgements(*judgements, *opener)));
      renew_digest(*store, "report.html");
      std::printf("Report: %s/report.html\n", out->c_str());
      return 0;
    };
  });
}

}  // namespace pomona::cli
