// SPDX-License-Identifier: Apache-2.0
#include "pomona/report/photographs.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "pomona/base/base64.h"
#include "pomona/base/random.h"
#include "pomona/report/page_json.h"

namespace pomona {
namespace {

constexpr std::size_t kSheetPhotographs = 400;
constexpr std::size_t kLookalikes = 3;

std::string text_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// Paths are unique within a split.
std::string key_of(std::string_view split, std::string_view path) {
  return std::string(split) + '\n' + std::string(path);
}
std::string key_of(const Json& photograph) {
  return key_of(text_of(photograph, "split"), text_of(photograph, "path"));
}

struct Candidate {
  bool test = false;
  std::uint64_t order = 0;
  std::string path;
  std::string jpeg;

  bool operator<(const Candidate& other) const {
    return std::tie(test, order, path) < std::tie(other.test, other.order, other.path);
  }
};

// The few photographs of a label to show: training ones first, then by a hash of their paths.
class Choice {
 public:
  explicit Choice(std::size_t size) : size_(size) {}

  void offer(Candidate candidate) {
    if (best_.size() == size_ && !(candidate < best_.back())) return;
    best_.insert(std::upper_bound(best_.begin(), best_.end(), candidate), std::move(candidate));
    if (best_.size() > size_) best_.pop_back();
  }
  const std::vector<Candidate>& best() const { return best_; }

 private:
  std::size_t size_;
  std::vector<Candidate> best_;
};

struct Pictures {
  std::unordered_map<std::string, std::string> named;  // key_of → JPEG
  std::unordered_map<std::string, Choice> of_label;
};

// Reads the table once and keeps what was asked for.
void read_pictures(const PreviewPlace& previews, Pictures& wanted) {
  if (!previews.parts) return;
  PreviewTableReader table(previews.store, *previews.parts);
  for (PreviewBatch batch; table.next(batch);) {
    for (std::size_t row = 0; row < batch.rows(); ++row) {
      const auto named = wanted.named.find(key_of(batch.split[row], batch.path[row]));
      if (named != wanted.named.end()) named->second = batch.jpeg[row];
      const auto choice = wanted.of_label.find(batch.label[row]);
      if (choice != wanted.of_label.end()) {
        choice->second.offer({batch.split[row] == "test", hash_text(batch.path[row], /*seed=*/0),
                              batch.path[row], batch.jpeg[row]});
      }
    }
  }
}

// What all pictures begin with: their header, where they are of one size. Whole groups of three
// bytes, so that base64 of the beginning and of the rest are that of the whole.
std::string common_start(const Pictures& pictures) {
  std::optional<std::string> start;
  const auto take = [&](const std::string& jpeg) {
    if (jpeg.empty()) return;
    if (!start) start = jpeg;
    const auto ends = std::ranges::mismatch(*start, jpeg);
    start->resize(static_cast<std::size_t>(ends.in1 - start->begin()));
  };
  for (const auto& [key, jpeg] : pictures.named) take(jpeg);
  for (const auto& [label, choice] : pictures.of_label) {
    for (const Candidate& candidate : choice.best()) take(candidate.jpeg);
  }
  if (!start) return "";
  start->resize(start->size() / 3 * 3);
  return *std::move(start);
}

// The list `photos`, which grows while there is room. A picture used twice is held once. Without
// room for what they begin with there are none.
class Album {
 public:
  Album(std::size_t room, std::string start) : room_(room), start_(std::move(start)) {
    has_start_ = reserve(start_.size() / 3 * 4);
  }

  // Sets photograph["photo"]; false when there is no picture or no room for it. `text_bytes` is
  // what the photograph takes besides.
  bool add(std::string_view jpeg, Json& photograph, std::size_t text_bytes) {
    if (jpeg.empty() || !has_start_) return false;
    jpeg.remove_prefix(start_.size());
    const std::string key = key_of(photograph);
    const auto known = places_.find(key);
    const std::size_t picture_bytes =
        known != places_.end() ? 0 : (jpeg.size() + 2) / 3 * 4 + kPictureOverhead;
    if (picture_bytes + kReferenceBytes + text_bytes > room_) return false;
    room_ -= picture_bytes + kReferenceBytes + text_bytes;
    std::size_t index = photos_.size();
    if (known != places_.end()) {
      index = known->second;
    } else {
      places_.emplace(key, index);
      photos_.push_back(base64(jpeg));
    }
    photograph["photo"] = index;
    return true;
  }
  // Takes room for text alone.
  bool reserve(std::size_t bytes) {
    if (bytes > room_) return false;
    room_ -= bytes;
    return true;
  }
  std::string start() const { return has_start_ ? base64(start_) : ""; }
  Json take() { return std::move(photos_); }

 private:
  static constexpr std::size_t kPictureOverhead = 3;  // "…",
  static constexpr std::size_t kReferenceBytes = 20;  // ,"photo":12345

  std::size_t room_;
  std::string start_;
  bool has_start_ = false;
  std::unordered_map<std::string, std::size_t> places_;
  Json photos_ = Json::array();
};

std::vector<std::string> labels_of(const Json& figures) {
  std::vector<std::string> labels;
  if (figures["run"].is_object()) {
    for (const Json& one : figures["run"].value("labels", Json::array())) {
      if (one.value("train", 0) + one.value("test", 0) > 0) labels.push_back(text_of(one, "label"));
    }
  }
  return labels;
}

// All labels, or some at even distance where they are many.
std::vector<std::string> sheet_labels(const std::vector<std::string>& labels) {
  const std::size_t step = (labels.size() + kSheetPhotographs - 1) / kSheetPhotographs;
  std::vector<std::string> chosen;
  for (std::size_t i = 0; i < labels.size(); i += step) chosen.push_back(labels[i]);
  return chosen;
}

std::size_t sheet_photographs_of_each(std::size_t labels) {
  if (labels < 2) return 60;
  return std::clamp<std::size_t>(kSheetPhotographs / labels, 1, 12);
}

// Appends the first `size` of the choice, as far as there is room.
void append(const Choice& choice, std::size_t size, bool training_only, Album& album, Json& list) {
  for (const Candidate& candidate : choice.best()) {
    if (list.size() == size || (training_only && candidate.test)) break;
    Json photograph = {{"path", candidate.path}, {"split", candidate.test ? "test" : "train"}};
    if (album.add(candidate.jpeg, photograph, page_json(photograph).size() + 1)) {
      list.push_back(std::move(photograph));
    }
  }
}

// What the page wants to show, before it is known what there is.
Pictures wishes(const Json& figures, const std::vector<std::string>& labels, std::size_t of_each) {
  Pictures wanted;
  for (const std::string& label : labels) {
    wanted.of_label.emplace(label, Choice(std::max(of_each, kLookalikes)));
  }
  for (const Json& pair : figures["pairs"]) {
    wanted.of_label.emplace(text_of(pair, "prediction"), Choice(kLookalikes));
    for (const Json& example : pair["examples"]) wanted.named[key_of(example)];
  }
  for (const Json& mistake : figures["surest_mistakes"]) wanted.named[key_of(mistake)];
  if (figures["tsne"].is_object()) {
    for (const Json& point : figures["tsne"].value("points", Json::array())) {
      wanted.named[key_of(point)];
    }
  }
  return wanted;
}

}  // namespace

PreviewPlace previews_in(const ObjectStore& out) {
  if (!out.exists("previews/_SUCCESS")) return {out, std::nullopt};
  return {out, find_parts(out, "previews")};
}

void add_photographs(const PreviewPlace& previews, std::size_t room, Json& figures) {
  if (!figures.contains("pairs")) return;
  const std::vector<std::string> labels = sheet_labels(labels_of(figures));
  const std::size_t of_each = sheet_photographs_of_each(labels.size());
  Pictures pictures = wishes(figures, labels, of_each);
  read_pictures(previews, pictures);

  Album album(room, common_start(pictures));
  for (Json& mistake : figures["surest_mistakes"]) {
    album.add(pictures.named.at(key_of(mistake)), mistake, /*text_bytes=*/0);
  }
  for (Json& pair : figures["pairs"]) {
    for (Json& example : pair["examples"]) {
      album.add(pictures.named.at(key_of(example)), example, /*text_bytes=*/0);
    }
    append(pictures.of_label.at(text_of(pair, "prediction")), kLookalikes, /*training_only=*/true,
           album, pair["lookalikes"]);
  }
  for (const std::string& label : labels) {
    Json entry = {{"label", label}, {"photos", Json::array()}};
    if (!album.reserve(page_json(entry).size() + 1)) break;
    append(pictures.of_label.at(label), of_each, /*training_only=*/false, album, entry["photos"]);
    if (!entry["photos"].empty()) figures["sheet"].push_back(std::move(entry));
  }
  if (figures["tsne"].is_object() && figures["tsne"].contains("points")) {
    for (Json& point : figures["tsne"]["points"]) {
      album.add(pictures.named.at(key_of(point)), point, /*text_bytes=*/0);
    }
  }
  figures["photo_start"] = album.start();
  figures["photos"] = album.take();
}

}  // namespace pomona
