// SPDX-License-Identifier: Apache-2.0
// Options from a TOML file: `--config FILE`, or $POMONA_CONFIG, and `--show-config`.
//
// The command line wins over the environment, and both over the file. In the file, [run] holds
// options of `pomona run` and [models.import] those of `pomona models import`, by their long names;
// what stands further out is for every verb within that has such an option, and what stands further
// in wins. The names and types of the whole file are checked, the values of the verb that runs.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace pomona::cli {

struct Setting;

class Configuration {
 public:
  // Adds the two options to the app. Every verb must have been added when the app parses, and both
  // must live until then. Parsing throws invalid_input for a file that says what no option is.
  explicit Configuration(CLI::App& app);
  Configuration(const Configuration&) = delete;
  Configuration& operator=(const Configuration&) = delete;

  // Was --show-config given? What the verb requires may then be missing.
  bool is_to_be_shown() const { return is_to_be_shown_; }

  // After parsing: the options of the verb as TOML, each with where it came from. Given back by
  // --config, it means the same.
  std::string as_toml() const;

 private:
  void apply_file(const std::string& path);
  void apply(const Setting& setting);
  std::string origin_of(const CLI::App& app, const CLI::Option& option) const;
  std::string line_of(const CLI::App& app, const CLI::Option& option) const;

  CLI::App& app_;
  std::string path_;
  bool is_to_be_shown_ = false;
  std::map<const CLI::Option*, std::size_t> lines_;  // of what the file has set
};

// The variable of the environment that says this option, if one does now; else "". Besides the one
// of its own, AWS_ENDPOINT_URL and AWS_ENDPOINT_URL_S3 say --s3-endpoint.
std::string variable_of(const CLI::Option& option);

// The app and its verbs as typed, outermost first: {pomona, models, import}.
std::vector<CLI::App*> chosen_apps(CLI::App& app);

}  // namespace pomona::cli
