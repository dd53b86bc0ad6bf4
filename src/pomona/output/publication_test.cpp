// SPDX-License-Identifier: Apache-2.0
#include "pomona/output/publication.h"

#include <gmock/gmock.h>

#include <functional>
#include <utility>

#include "pomona/output/checked_json.h"
#include "pomona/output/output_digests.h"
#include "pomona/output/output_names.h"
#include "pomona/storage/memory_store.h"

namespace pomona {
namespace {

// Calls `before` with the number of each operation and, of a read, its key, before it is done.
class PausingStore final : public ObjectStore {
 public:
  using Before = std::function<void(std::size_t number, std::string_view read)>;
  PausingStore(MemoryStore& store, Before before) : store_(store), before_(std::move(before)) {}

  std::string describe() const override { return store_.describe(); }
  void list(std::string_view prefix,
            const std::function<void(const ObjectInfo&)>& found) const override {
    pause();
    store_.list(prefix, found);
  }
  bool exists(std::string_view key) const override {
    pause();
    return store_.exists(key);
  }
  using ObjectStore::read;
  void read(std::string_view key, std::uint64_t max_bytes, std::string& bytes,
            std::string_view version) const override {
    pause(key);
    store_.read(key, max_bytes, bytes, version);
  }
  std::unique_ptr<ObjectReader> open(std::string_view key) const override {
    pause();
    return store_.open(key);
  }
  std::unique_ptr<ObjectWriter> create(std::string_view key) override {
    pause();
    return store_.create(key);
  }
  bool write_if_absent(std::string_view key, std::string_view bytes) override {
    pause();
    return store_.write_if_absent(key, bytes);
  }
  void move(std::string_view from, std::string_view to) override {
    pause();
    store_.move(from, to);
  }
  void remove(std::string_view key) override {
    pause();
    store_.remove(key);
  }
  void remove_objects(const std::vector<std::string>& keys) override {
    store_.remove_objects(keys);
  }
  std::size_t remove_unfinished(const std::vector<std::string>&, bool) override { return 0; }

  std::size_t operations() const { return operations_; }

 private:
  void pause(std::string_view read = {}) const { before_(operations_++, read); }

  MemoryStore& store_;
  Before before_;
  mutable std::size_t operations_ = 0;
};

constexpr const char* kRecord = R"({"format": 1, "pomona": "0", "verb": "run"})";

std::string staged(const std::string& attempt, const std::string& name) {
  return work_folder("f-" + attempt) + "/staged/" + attempt + "/" + name;
}

WorkClaim begin(const std::string& attempt, ObjectStore& root) {
  const WorkClaim claim{"f-" + attempt, attempt};
  root.write(kWorkNote,
             print_checked_json({{"fingerprint", claim.fingerprint}, {"attempt", claim.beginner}}));
  return claim;
}

// Stages these files and announces that they are to be published.
Publication announced(const std::string& attempt, const std::vector<std::string>& names,
                      ObjectStore& root) {
  Publication publication{attempt, {}};
  for (const std::string& name : names) {
    root.write(staged(attempt, name), name == kRunRecord ? std::string(kRecord) : attempt);
    publication.moves.push_back({staged(attempt, name), name});
  }
  root.write(staged(attempt, kSuccess), "");
  publication.moves.push_back({staged(attempt, kSuccess), kSuccess});
  EXPECT_TRUE(announce(publication, "f-" + attempt, root));
  return publication;
}

std::vector<std::string> names() { return {"run.json", "reduced.csv", "tsne.json"}; }

// Another process ends the publication of "first", and a third one begins to publish.
void overtake(const Publication& first, const WorkClaim& claim, MemoryStore& root) {
  ASSERT_TRUE(carry_out(first, claim, root));
  end_work(claim, root);
  begin("third", root);
  announced("third", names(), root);
  root.remove(kSuccess);
  root.move(staged("third", "reduced.csv"), "reduced.csv");
}

// What the third has done so far is as it left it, and it can be brought to its end.
void expect_third_unharmed(MemoryStore& root) {
  EXPECT_FALSE(root.exists(kSuccess)) << "the third is not ready";
  EXPECT_EQ(root.read("reduced.csv"), "third");
  const std::optional<Publication> third = find_publication(root, "f-third");
  ASSERT_TRUE(third);
  EXPECT_TRUE(carry_out(*third, {"f-third", "third"}, root));
  EXPECT_TRUE(root.exists(kSuccess));
  EXPECT_EQ(root.read("tsne.json"), "third");
}

TEST(PublicationTest, WhoWakesLateLeavesAThirdPublicationAsItIs) {
  bool is_last = false;
  for (std::size_t paused_at = 0; !is_last; ++paused_at) {
    SCOPED_TRACE("paused before operation " + std::to_string(paused_at));
    MemoryStore root;
    const WorkClaim claim = begin("first", root);
    const Publication first = announced("first", names(), root);
    PausingStore sleepy(root, [&](std::size_t number, std::string_view) {
      if (number == paused_at) overtake(first, claim, root);
    });
    const bool is_published = carry_out(first, claim, sleepy);
    is_last = paused_at >= sleepy.operations();
    if (is_last) {
      EXPECT_TRUE(is_published);
      EXPECT_GT(paused_at, names().size());
    } else {
      EXPECT_FALSE(is_published);
      expect_third_unharmed(root);
    }
  }
}

TEST(PublicationTest, WhoWakesLateRemovesNoResultsOfAThird) {
  for (std::size_t paused_at = 0; paused_at < 2; ++paused_at) {
    MemoryStore root;
    root.write(kRunRecord, kRecord);
    root.write("reduced.csv", "earlier");
    const WorkClaim claim = begin("first", root);
    const Publication first = announced("first", {"run.json", "tsne.json"}, root);
    std::size_t looks = 0;
    const PausingStore::Before pause = [&](std::size_t, std::string_view read) {
      if (read == kWorkNote && looks++ == paused_at) overtake(first, claim, root);
    };
    PausingStore sleepy(root, pause);
    EXPECT_FALSE(carry_out(first, claim, sleepy));
    expect_third_unharmed(root);
  }
}

// The window that docs/reliability.md describes: the removal that follows a look at work.json.
TEST(PublicationTest, WhoWakesLateRemovesAtMostOneNameOfWhatAnotherHasPublished) {
  std::size_t losses = 0;
  bool is_last = false;
  for (std::size_t paused_at = 0; !is_last; ++paused_at) {
    SCOPED_TRACE("paused before operation " + std::to_string(paused_at));
    MemoryStore root;
    root.write(kRunRecord, kRecord);
    root.write("reduced.csv", "earlier");
    root.write("tsne.json", "earlier");
    write_digests(root, {}, /*workers=*/1);
    root.write(kSuccess, "");
    const WorkClaim claim = begin("first", root);
    const Publication first = announced("first", {"run.json"}, root);
    PausingStore sleepy(root, [&](std::size_t number, std::string_view) {
      if (number != paused_at) return;
      ASSERT_TRUE(carry_out(first, claim, root));
      end_work(claim, root);
      const WorkClaim second = begin("second", root);
      ASSERT_TRUE(carry_out(announced("second", names(), root), second, root));
      end_work(second, root);
    });
    carry_out(first, claim, sleepy);
    is_last = paused_at >= sleepy.operations();
    if (is_last) continue;
    std::size_t lost = root.exists(kSuccess) ? 0 : 1;
    for (const std::string& name : names()) {
      if (!root.exists(name)) {
        ++lost;
      } else if (name != kRunRecord) {
        EXPECT_EQ(root.read(name), "second");
      }
    }
    EXPECT_LE(lost, 1U);
    losses += lost;
  }
  EXPECT_EQ(losses, 3U) << "_SUCCESS and two that were left over";
}

TEST(PublicationTest, WhoWakesLateRemovesNoWorkOfAThird) {
  bool is_last = false;
  for (std::size_t look = 0; !is_last; ++look) {
    MemoryStore root;
    const WorkClaim claim = begin("first", root);
    const Publication first = announced("first", names(), root);
    root.write("_pomona/f-first/snapshot/part", "first");
    ASSERT_TRUE(carry_out(first, claim, root));
    std::size_t looks = 0;
    // The third does the same work anew.
    PausingStore sleepy(root, [&](std::size_t, std::string_view read) {
      if (read != kWorkNote || looks++ != look) return;
      end_work(claim, root);
      root.write(kWorkNote, print_checked_json({{"fingerprint", "f-first"}, {"attempt", "third"}}));
      root.write("_pomona/f-first/snapshot/part", "third");
    });
    end_work(claim, sleepy);
    is_last = looks <= look;
    EXPECT_EQ(root.exists("_pomona/f-first/snapshot/part"), !is_last) << look;
  }
}

TEST(PublicationTest, ANoteOfAnotherShapeIsNone) {
  const Json pair = Json::array({"_pomona/f/staged/a/_SUCCESS", "_SUCCESS"});
  const Json good = {{"attempt", "a"}, {"moves", Json::array({pair})}};
  MemoryStore root;
  root.write(publication_key("f"), print_checked_json(good));
  EXPECT_TRUE(find_publication(root, "f"));
  for (const Json& moves : {Json(nullptr), Json(3), Json("text"), Json::array(), Json::array({3}),
                            Json::array({Json::array({"one"})}), Json::object()}) {
    Json note = good;
    note["moves"] = moves;
    root.write(publication_key("f"), print_checked_json(note));
    EXPECT_FALSE(find_publication(root, "f")) << moves;
  }
  for (const Json& note : {Json(nullptr), Json::array(), Json{{"attempt", 3}}}) {
    root.write(publication_key("f"), print_checked_json(note));
    root.write(kWorkNote, print_checked_json(note));
    EXPECT_FALSE(find_publication(root, "f")) << note;
    EXPECT_FALSE(read_work_note(root)) << note;
  }
}

}  // namespace
}  // namespace pomona
