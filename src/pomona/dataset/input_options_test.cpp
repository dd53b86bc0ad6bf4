// SPDX-License-Identifier: Apache-2.0
#include "pomona/dataset/input_options.h"

#include <gmock/gmock.h>

#include <limits>
#include <map>

#include "pomona/base/error.h"
#include "pomona/storage/memory_store.h"

namespace pomona {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;
using testing::ThrowsMessage;

// Opens stores in memory by name.
class MemoryPlaces final : public StoreOpener {
 public:
  MemoryStore& add(const std::string& place) {
    auto& store = stores_[place];
    store = std::make_shared<MemoryStore>();
    return *store;
  }
  std::shared_ptr<ObjectStore> open(const std::string& place, OpenMode) const override {
    return stores_.at(place);
  }

 private:
  std::map<std::string, std::shared_ptr<MemoryStore>> stores_;
};

std::vector<std::string> keys_of(const ObjectStore& store) {
  std::vector<std::string> keys;
  store.list("", [&](const ObjectInfo& object) { keys.push_back(object.key); });
  std::ranges::sort(keys);
  return keys;
}

class InputOptionsTest : public testing::Test {
 protected:
  InputOptionsTest() {
    stores_->add("/shop").write("Kiwi/1.jpg", "1");
    stores_->add("/still").write("Kiwi/2.jpg", "2");
    stores_->add("/test").write("Kiwi/3.jpg", "3");
    stores_->add("/lists").write("kinds.csv", "source,class,label\n,Kiwi,kiwi\n");
    input_.stores = stores_;
    input_.images = {"/shop"};
  }

  std::shared_ptr<MemoryPlaces> stores_ = std::make_shared<MemoryPlaces>();
  InputOptions input_;
};

TEST_F(InputOptionsTest, BoundsNameTheField) {
  EXPECT_NO_THROW(input_.check());
  input_.split.holdout = 1;
  EXPECT_THAT([&] { input_.check(); },
              ThrowsMessage<Error>("holdout: expected a share from 0 to less than 1, found 1"));
  input_.stores = nullptr;
  EXPECT_THAT([&] { input_.check(); }, ThrowsMessage<Error>(StartsWith("stores: ")));
  EXPECT_THAT(
      [&] { InputOptions().check(); },
      ThrowsMessage<Error>("images: expected at least one place of photographs, found none"));
}

TEST_F(InputOptionsTest, NothingIsOpenedWithoutAPlace) {
  input_.images.clear();
  EXPECT_THAT([&] { open_roots(input_); }, ThrowsMessage<Error>(StartsWith("images: ")));
}

TEST_F(InputOptionsTest, OnePlaceWithoutANameIsOpenedAsItIs) {
  const ImageRoots roots = open_roots(input_);
  EXPECT_THAT(keys_of(*roots.images), ElementsAre("Kiwi/1.jpg"));
  EXPECT_EQ(roots.test, nullptr);
  EXPECT_THAT(roots.labels.train_sources, IsEmpty());
}

TEST_F(InputOptionsTest, SeveralPlacesAreJoinedUnderTheirNames) {
  input_.images = {"/shop", "studio=/still"};
  input_.test = {"/test"};
  const ImageRoots roots = open_roots(input_);
  EXPECT_THAT(keys_of(*roots.images), ElementsAre("shop/Kiwi/1.jpg", "studio/Kiwi/2.jpg"));
  EXPECT_THAT(keys_of(*roots.test), ElementsAre("Kiwi/3.jpg"));
  EXPECT_THAT(roots.labels.train_sources, ElementsAre("shop", "studio"));
  EXPECT_THAT(roots.labels.test_sources, IsEmpty());
}

TEST_F(InputOptionsTest, APartOfTheImagesIsOfTheirSources) {
  input_.images = {"/shop", "studio=/still"};
  EXPECT_THAT(open_roots(input_).labels.test_sources, ElementsAre("shop", "studio"));
}

TEST_F(InputOptionsTest, PlacesThatLieInOneAnotherAreRefused) {
  input_.test = {"/shop/Kiwi"};
  EXPECT_THAT([&] { open_roots(input_); },
              ThrowsMessage<Error>(HasSubstr("training would see what it is tested on")));
  input_.test = {};
  input_.images = {"/shop", "more=/shop/Kiwi"};
  EXPECT_THAT([&] { open_roots(input_); }, ThrowsMessage<Error>(HasSubstr("count twice")));
}

TEST_F(InputOptionsTest, JsonLeadsBackToThePlaces) {
  input_.images = {"/shop", "studio=/still"};
  input_.test = {"/test"};
  const Json json = inputs_json(input_);
  EXPECT_EQ(json, (Json{{"images", {"/shop", "studio=/still"}}, {"test", "/test"}}));
  InputOptions again;
  read_inputs_json(json, again);
  EXPECT_EQ(again.images, input_.images);
  EXPECT_EQ(again.test, input_.test);
  again.test.clear();
  EXPECT_EQ(inputs_json(again).at("test"), nullptr);
}

TEST_F(InputOptionsTest, PlacesAreResolvedAndKeepTheirNames) {
  EXPECT_EQ(resolved_places({}), nullptr);
  EXPECT_EQ(resolved_places({"s3a://bucket/a/"}), "s3:/bucket/a");
  EXPECT_EQ(resolved_places({"x=s3://bucket/a", "y=s3://bucket/b"}),
            (Json{"x=s3:/bucket/a", "y=s3:/bucket/b"}));
}

}  // namespace
}  // namespace pomona
