// SPDX-License-Identifier: Apache-2.0
#include "pomona/predict/predict.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <span>

#include "command.h"
#include "exit_code.h"
#include "field_flags.h"
#include "flags.h"
#include "number_range.h"
#include "pomona/base/error.h"
#include "pomona/base/number_text.h"
#include "pomona/base/printable.h"
#include "pomona/predict/bundle_network.h"
#include "pomona/predict/described_prediction.h"
#include "pomona/predict/open_bundle.h"

namespace pomona::cli {
namespace {

constexpr std::size_t kPhotographsAtOnce = 64;

struct PredictFlags {
  std::string bundle;
  std::vector<std::string> photographs;
  std::size_t top = 3;
  DecodeLimits limits;
  bool as_json = false;
  bool fast = false;
  Language language = Language::kEnglish;
  std::string models;
  std::shared_ptr<const StoreOpener> stores;
};

struct Word {
  const char* key;
  const char* en;
  const char* fr;
};
// Topics of facts, and the sentences around answers.
constexpr Word kWords[] = {
    {"unreadable", "could not be read", "n'a pas pu être lue"},
    {"damaged", "Part of the file is damaged; lost of the picture",
     "Une partie du fichier est abîmée ; perdu de l'image"},
    {"too_small", "The picture is too small to recognise anything.",
     "L'image est trop petite pour qu'on y reconnaisse quelque chose."},
    {"too_dark", "It is too dark to see anything; try again with more light.",
     "Il fait trop sombre pour y voir ; essayez avec plus de lumière."},
    {"too_blurred", "It is too blurred; hold still, or step back until it is sharp.",
     "La photo est trop floue ; ne bougez pas, ou reculez jusqu'à ce qu'elle soit nette."},
    {"something_else", "This looks like none of the fruits I know.",
     "Cela ne ressemble à aucun des fruits que je connais."},
    {"unknown_kind", "This may be a fruit, but none that I know well enough to name.",
     "C'est peut-être un fruit, mais aucun que je connaisse assez bien pour le nommer."},
    {"nearest", "Nearest to what I know", "Le plus proche de ce que je connais"},
    {"confusable", "It may also be", "Peut-être aussi"},
    {"studio_only", "Pomona knows this kind from studio images only, so be less sure.",
     "Pomona ne connaît cette espèce que par des photos de studio : la réponse est moins sûre."},
    {"variety", "Variety", "Variété"},
    {"distinguished_by", "How to recognise it", "Ce qui la distingue"},
    {"part", "What it is", "Ce que c'est"},
    {"origin", "Comes from", "Origine"},
    {"biodiversity", "Worth knowing", "À savoir"},
    {"more", "And", "Et aussi"},
    {"caution", "Careful", "Attention"},
};

std::string word(const std::string& key, Language language) {
  for (const Word& one : kWords) {
    if (one.key == key) return language == Language::kFrench ? one.fr : one.en;
  }
  return key;
}

// "Banana (Musa acuminata, Musaceae)"; a label that no catalogue knows stands alone.
std::string full_name(const DescribedKind& kind) {
  if (!kind.scientific_name) return kind.name;
  return kind.name + " (" + *kind.scientific_name + ", " + kind.family.value_or("") + ")";
}

void print_line(const std::string& key, const std::string& text, Language language) {
  const char* colon = language == Language::kFrench ? " : " : ": ";
  std::printf("  %s%s%s\n", word(key, language).c_str(), colon, printable(text).c_str());
}

// A sentence, and what comes nearest: no guess.
void print_rejection(const DescribedPrediction& prediction, const std::string& reason,
                     Language language) {
  std::printf("  %s\n", word(reason, language).c_str());
  std::string names;
  for (const DescribedKind& kind : prediction.kinds) {
    names += (names.empty() ? "" : ", ") + kind.name;
  }
  if (reason == "something_else" || reason == "unknown_kind") {
    print_line("nearest", names, language);
  }
}

void print_variety(const DescribedVariety& variety, Language language) {
  print_line("variety", variety.name + ", " + percent(variety.probability), language);
  if (variety.distinguished_by) print_line("distinguished_by", *variety.distinguished_by, language);
}

void print_prediction(const DescribedPrediction& prediction, Language language) {
  std::printf("%s\n", printable(prediction.path).c_str());
  if (prediction.failure) {
    return print_line("unreadable", with_flags(prediction.failure->message), language);
  }
  if (prediction.damage > 0) print_line("damaged", percent(prediction.damage), language);
  if (prediction.rejected) return print_rejection(prediction, *prediction.rejected, language);
  for (const DescribedKind& kind : prediction.kinds) {
    std::printf("  %7s  %s\n", percent(kind.probability).c_str(),
                printable(full_name(kind)).c_str());
  }
  if (prediction.kinds.front().studio_only) {
    std::printf("  %s\n", word("studio_only", language).c_str());
  }
  if (prediction.variety) print_variety(*prediction.variety, language);
  if (const auto& other = prediction.confusable) {
    print_line("confusable", other->name + (other->difference ? ". " + *other->difference : ""),
               language);
  }
  for (const DescribedFact& fact : prediction.facts) {
    print_line(fact.topic, fact.text + (fact.source ? " [" + *fact.source + "]" : ""), language);
  }
}

int predict_all(const PredictFlags& flags, Session& session) {
  const Predictor predictor(open_bundle(flags.bundle, flags.models, *flags.stores),
                            {.fast = flags.fast});
  PredictOptions options;
  options.top = flags.top;
  options.limits = flags.limits;
  options.stop = session.stop;
  note_precision(predictor.bundle(), session.progress);
  bool all_read = true;
  for (std::size_t first = 0; first < flags.photographs.size(); first += kPhotographsAtOnce) {
    if (session.stop.stop_requested()) throw Error(ErrorKind::kInterrupted, "stopped as asked");
    const std::size_t last = std::min(first + kPhotographsAtOnce, flags.photographs.size());
    const std::vector<Prediction> predictions = predictor.predict_files(
        std::span(flags.photographs).subspan(first, last - first), *flags.stores, options);
    for (std::size_t i = first; i < last; ++i) {
      all_read = all_read && !predictions[i - first].failure;
      const DescribedPrediction prediction =
          describe_prediction(flags.photographs[i], predictions[i - first], predictor.catalogue(),
                              flags.language, flags.top);
      if (flags.as_json) {
        const std::string json =
            prediction_json(prediction).dump(-1, ' ', false, Json::error_handler_t::replace);
        std::printf("%s\n", json.c_str());
      } else {
        print_prediction(prediction, flags.language);
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
      ->check(count_range(1, kMostAnswers))
      ->capture_default_str();
  command->add_flag("--json", flags->as_json,
                    "Print one JSON object a photograph, each on its line");
  command->add_flag(
      "--fast", flags->fast,
      "Use two crops, the whole photograph and the tightest one, instead of all: faster, "
      "slightly less accurate");
  command
      ->add_option_function<std::string>(
          "--lang",
          [flags](const std::string& name) { flags->language = language_from_name(name); },
          "Language of the texts of the bundle's catalogue: English or French")
      ->type_name("en|fr")
      ->check(CLI::IsMember({"en", "fr"}))
      ->default_str("en");
  add_decode_flags(*command, flags->limits);
  add_models_flag(*command, flags->models);
  const auto stores = add_store_flags(*command);
  command->callback([&chosen, flags, stores] {
    chosen = [flags, stores](Session& session) {
      flags->stores = store_opener(*stores, session);
      return predict_all(*flags, session);
    };
  });
}

}  // namespace pomona::cli
