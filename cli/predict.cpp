// SPDX-License-Identifier: Apache-2.0
#include "pomona/pipeline/predict.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <span>

#include "command.h"
#include "exit_code.h"
#include "flags.h"
#include "pomona/base/error.h"
#include "pomona/base/number_text.h"
#include "pomona/base/printable.h"
#include "pomona/pipeline/bundle_network.h"

namespace pomona::cli {
namespace {

constexpr std::size_t kPhotographsAtOnce = 64;

struct PredictFlags {
  std::string bundle;
  std::vector<std::string> photographs;
  std::size_t top = 3;
  bool as_json = false;
  StoreOptions stores;
};

void print_prediction(const std::string& path, const Prediction& prediction) {
  std::printf("%s\n", printable(path).c_str());
  if (prediction.failure) {
    std::printf("  could not be read: %s\n", printable(prediction.failure->message).c_str());
    return;
  }
  for (const Answer& answer : prediction.answers) {
    std::printf("  %7s  %s\n", percent(answer.probability).c_str(),
                printable(answer.label).c_str());
  }
}

int predict_all(const PredictFlags& flags, Session& session) {
  Predictor predictor(open_bundle(flags.bundle, flags.stores));
  note_precision(predictor.bundle(), session.progress);
  bool all_read = true;
  for (std::size_t first = 0; first < flags.photographs.size(); first += kPhotographsAtOnce) {
    if (session.stop.stop_requested()) throw Error(ErrorKind::kInterrupted, "stopped as asked");
    const std::size_t last = std::min(first + kPhotographsAtOnce, flags.photographs.size());
    const std::vector<Prediction> predictions = predictor.predict_files(
        std::span(flags.photographs).subspan(first, last - first), flags.stores, flags.top);
    for (std::size_t i = first; i < last; ++i) {
      const Prediction& prediction = predictions[i - first];
      all_read = all_read && !prediction.failure;
      if (flags.as_json) {
        std::printf("%s\n", prediction_json(flags.photographs[i], prediction)
                                .dump(-1, ' ', false, Json::error_handler_t::replace)
                                .c_str());
      } else {
        print_prediction(flags.photographs[i], prediction);
      }
    }
  }
  return all_read ? kExitOk : kExitNotAllGood;
}

}  // namespace

void add_predict(CLI::App& app, Command& chosen) {
  CLI::App* command =
      app.add_subcommand("predict", "Photographs in, their most probable labels out");
  command->footer(
      "Exit code 1: some photographs could not be read; the others have their answers.\n\n"
      "Examples:\n"
      "  pomona predict results photo.jpg\n"
      "  pomona predict results --top 1 --json *.jpg");
  auto flags = std::make_shared<PredictFlags>();
  command->add_option("BUNDLE", flags->bundle, "Bundle, or an output folder of run or train")
      ->required();
  command->add_option("PHOTO", flags->photographs, "JPEG, PNG or WebP files")->required();
  command->add_option("--top", flags->top, "How many answers")
      ->type_name("N")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command->add_flag("--json", flags->as_json,
                    "Print one JSON object a photograph, each on its line");
  add_store_flags(*command, flags->stores);
  command->callback([&chosen, flags] {
    chosen = [flags](Session& session) {
      flags->stores.stop = session.stop;
      return predict_all(*flags, session);
    };
  });
}

}  // namespace pomona::cli
