// SPDX-License-Identifier: Apache-2.0
#include "field_flags.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <vector>

namespace pomona::cli {
namespace {

constexpr std::string_view kFieldLetters = "abcdefghijklmnopqrstuvwxyz_";

// Fields that are not called like their flag.
const std::map<std::string_view, std::string_view>& renamed_fields() {
  static const std::map<std::string_view, std::string_view> flags = {
      {"conditional_writes", "--no-conditional-writes"},
      {"endpoint", "--s3-endpoint"},
      {"features_output", "--output"},
      {"logits_output", "--logits"},
      {"previews", "--no-previews"},
      {"remove_others", "--delete"},
      {"shard", "--shard"},
      {"sign_requests", "--no-sign-request"},
      {"skip_listing", "--no-listing"},
      {"std_dev", "--std"}};
  return flags;
}

constexpr std::string_view kFields[] = {"adapt",
                                        "backbone",
                                        "backbone_classes",
                                        "backgrounds",
                                        "batch",
                                        "by_hash",
                                        "c",
                                        "catalogue",
                                        "channels",
                                        "classes",
                                        "classifier",
                                        "components",
                                        "count",
                                        "crops",
                                        "folds",
                                        "force",
                                        "from",
                                        "group",
                                        "holdout",
                                        "images",
                                        "include_hidden",
                                        "keys",
                                        "layout",
                                        "max_damage",
                                        "max_decode_memory",
                                        "max_decode_time",
                                        "max_failures",
                                        "max_pixels",
                                        "mean",
                                        "models",
                                        "near_duplicates",
                                        "out",
                                        "part_files",
                                        "pool",
                                        "precision",
                                        "reject_rate",
                                        "regions",
                                        "requester_pays",
                                        "retry_failures",
                                        "seconds",
                                        "size",
                                        "studio",
                                        "test",
                                        "test_files",
                                        "top",
                                        "train_files",
                                        "workers"};

std::string flag_of(std::string_view field) {
  if (const auto renamed = renamed_fields().find(field); renamed != renamed_fields().end()) {
    return std::string(renamed->second);
  }
  if (std::ranges::find(kFields, field) == std::end(kFields)) return "";
  std::string flag = "--" + std::string(field);
  std::ranges::replace(flag, '_', '-');
  return flag;
}

std::string_view first_word(std::string_view text) {
  return text.substr(0, std::min(text.find_first_not_of(kFieldLetters), text.size()));
}

// Where the next name in quotes begins; that of "the backbone's" is none.
std::size_t find_quote(std::string_view text, std::size_t begin) {
  for (std::size_t i = begin; i < text.size(); ++i) {
    if (text[i] == '\'' && (i == 0 || kFieldLetters.find(text[i - 1]) == std::string_view::npos)) {
      return i;
    }
  }
  return text.size();
}

class Flags {
 public:
  // "adapt, studio: …", "group '(': …", "reading classes 'kinds.csv', line 2: …"
  void add_leading(std::string_view text) {
    constexpr std::string_view kReading = "reading ";
    if (text.starts_with(kReading)) text.remove_prefix(kReading.size());
    std::vector<std::string> leading;
    for (;;) {
      const std::string_view word = first_word(text);
      leading.push_back(flag_of(word));
      if (leading.back().empty()) return;
      text.remove_prefix(word.size());
      if (!text.starts_with(", ")) break;
      text.remove_prefix(2);
    }
    if (!text.starts_with(':') && !text.starts_with(" '")) return;
    for (const std::string& flag : leading) add(flag);
  }
  // How the command line names a source.
  void add_sources(std::string_view text) {
    if (text.find("name in images") != std::string_view::npos) add("SOURCE=FOLDER");
  }
  void add_words(std::string_view text) {
    while (!text.empty()) {
      const std::string_view word = first_word(text);
      if (word.find('_') != std::string_view::npos) add(flag_of(word));
      text.remove_prefix(std::max<std::size_t>(word.size(), 1));
    }
  }
  std::string text() const {
    std::string text;
    for (const std::string& flag : flags_) text += (text.empty() ? " (" : ", ") + flag;
    return text.empty() ? text : text + ")";
  }

 private:
  void add(const std::string& flag) {
    if (flag.empty() || std::ranges::find(flags_, flag) != flags_.end()) return;
    flags_.push_back(flag);
  }

  std::vector<std::string> flags_;
};

}  // namespace

std::string with_flags(std::string_view message) {
  Flags flags;
  flags.add_leading(message);
  for (std::size_t begin = 0; begin < message.size();) {
    const std::size_t quote = find_quote(message, begin);
    const std::string_view part = message.substr(begin, quote - begin);
    for (std::size_t colon = part.find(": "); colon != std::string_view::npos;
         colon = part.find(": ", colon + 2)) {
      flags.add_leading(message.substr(begin + colon + 2));
    }
    flags.add_words(part);
    flags.add_sources(part);
    begin = std::min(message.find('\'', quote + 1), message.size() - 1) + 1;
  }
  return std::string(message) + flags.text();
}

std::string with_fields(std::string_view message) {
  constexpr std::string_view kFlag = "--";
  constexpr std::string_view kNo = "no-";
  constexpr std::string_view kFlagLetters = "abcdefghijklmnopqrstuvwxyz0123456789-";
  constexpr std::string_view kNoFlagAfter = "abcdefghijklmnopqrstuvwxyz0123456789-'/_";
  std::string result;
  while (true) {
    const std::size_t begin = message.find(kFlag);
    const bool in_a_name = begin != std::string_view::npos && begin > 0 &&
                           kNoFlagAfter.find(message[begin - 1]) != std::string_view::npos;
    const std::size_t past = begin + kFlag.size();
    if (begin == std::string_view::npos) return result.append(message);
    result += message.substr(0, in_a_name ? past : begin);
    message.remove_prefix(past);
    if (in_a_name) continue;
    const std::size_t end = std::min(message.find_first_not_of(kFlagLetters), message.size());
    std::string field(message.substr(0, end));
    if (field.starts_with(kNo)) field.erase(0, kNo.size());
    if (field.empty())
      field = kFlag;  // a dash of a sentence
    else
      std::ranges::replace(field, '-', '_');
    result += field;
    message.remove_prefix(end);
  }
}

}  // namespace pomona::cli
