// SPDX-License-Identifier: Apache-2.0
#include "pomona/storage/joined_store.h"

#include <gmock/gmock.h>

#include "pomona/storage/memory_store.h"

namespace pomona {
namespace {

using testing::UnorderedElementsAre;

class JoinedStores : public testing::Test {
 protected:
  JoinedStores() {
    shop_->write("Banana/1.jpg", "of the shop");
    studio_->write("Banana/1.jpg", "of the studio");
    studio_->write("loose.jpg", "at the root");
  }
  std::vector<std::string> keys(std::string_view prefix) const {
    std::vector<std::string> found;
    joined_.list(prefix, [&](const ObjectInfo& object) { found.push_back(object.key); });
    return found;
  }

  std::shared_ptr<MemoryStore> shop_ = std::make_shared<MemoryStore>();
  std::shared_ptr<MemoryStore> studio_ = std::make_shared<MemoryStore>();
  JoinedStore joined_{{{"shop", shop_}, {"studio", studio_}}};
};

TEST_F(JoinedStores, ListsEachStoreBelowItsName) {
  EXPECT_THAT(keys(""),
              UnorderedElementsAre("shop/Banana/1.jpg", "studio/Banana/1.jpg", "studio/loose.jpg"));
  EXPECT_THAT(keys("studio"), UnorderedElementsAre("studio/Banana/1.jpg", "studio/loose.jpg"));
  EXPECT_THAT(keys("studio/Banana"), UnorderedElementsAre("studio/Banana/1.jpg"));
  EXPECT_THAT(keys("other"), UnorderedElementsAre());
}

TEST_F(JoinedStores, ReadsFromTheStoreThatIsNamed) {
  EXPECT_EQ(joined_.read("shop/Banana/1.jpg"), "of the shop");
  EXPECT_EQ(joined_.read("studio/Banana/1.jpg"), "of the studio");
  EXPECT_EQ(joined_.open("studio/loose.jpg")->size(), 11U);
  EXPECT_TRUE(joined_.exists("shop/Banana/1.jpg"));
  EXPECT_FALSE(joined_.exists("shop/loose.jpg"));
  EXPECT_FALSE(joined_.exists("shop"));
  EXPECT_FALSE(joined_.exists("other/loose.jpg"));
}

TEST_F(JoinedStores, AnObjectThatWasReplacedIsRefusedAsInItsStore) {
  std::string version;
  joined_.list("shop", [&](const ObjectInfo& object) { version = object.version; });
  shop_->write("Banana/1.jpg", "another");
  std::string bytes;
  EXPECT_THROW(joined_.read("shop/Banana/1.jpg", 100, bytes, version), Error);
}

TEST_F(JoinedStores, HasNoObjectsOfItsOwn) {
  try {
    joined_.read("other/1.jpg");
    FAIL() << "expected an error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kNotFound);
  }
  EXPECT_THROW(joined_.read("shop"), Error);
  EXPECT_THROW(joined_.write("shop/new.jpg", "bytes"), Error);
}

TEST_F(JoinedStores, IsDescribedByItsParts) {
  EXPECT_EQ(joined_.describe(), "shop=memory, studio=memory");
}

}  // namespace
}  // namespace pomona
