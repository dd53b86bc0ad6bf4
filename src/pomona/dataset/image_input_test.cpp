// SPDX-License-Identifier: Apache-2.0
#include "pomona/dataset/image_input.h"

#include <gmock/gmock.h>

#include "pomona/base/error.h"

namespace pomona {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::FieldsAre;
using testing::HasSubstr;

TEST(ImageInput, OneInputNeedsNoName) {
  EXPECT_THAT(parse_image_inputs({"photos/fruit"}), ElementsAre(FieldsAre("", "photos/fruit")));
  EXPECT_THAT(parse_image_inputs({"shop=s3://fruit/photos"}),
              ElementsAre(FieldsAre("shop", "s3://fruit/photos")));
  EXPECT_THAT(parse_image_inputs({"./a=b/c"}), ElementsAre(FieldsAre("", "./a=b/c")));
  EXPECT_THAT(parse_image_inputs({"s3://fruit/a=b"}), ElementsAre(FieldsAre("", "s3://fruit/a=b")));
  EXPECT_THAT(parse_image_inputs({}), ElementsAre());
  EXPECT_THAT(source_names(parse_image_inputs({"photos/fruit"})), ElementsAre());
  EXPECT_THAT(source_names(parse_image_inputs({"a/shop", "b/studio"})),
              ElementsAre("shop", "studio"));
}

TEST(ImageInput, SeveralAreCalledLikeTheirPlaces) {
  EXPECT_THAT(parse_image_inputs({"photos/shop/", "studio=photos/x", "s3://fruit/garden"}),
              ElementsAre(FieldsAre("shop", "photos/shop/"), FieldsAre("studio", "photos/x"),
                          FieldsAre("garden", "s3://fruit/garden")));
}

TEST(ImageInput, NamesMustTellThemApart) {
  EXPECT_THAT(
      [] {
        (void)parse_image_inputs({"a/shop", "b/shop"});
      },
      testing::ThrowsMessage<Error>(AllOf(HasSubstr("'a/shop' and 'b/shop' are both called 'shop'"),
                                          HasSubstr("another name in images"))));
  EXPECT_THAT(
      [] {
        (void)parse_image_inputs({"s3://fruit", "b"});
      },
      testing::ThrowsMessage<Error>(HasSubstr("'s3://fruit' has no name of letters")));
  EXPECT_THAT(
      [] {
        (void)parse_image_inputs({"my photos", "b"});
      },
      testing::ThrowsMessage<Error>(HasSubstr("has no name of letters")));
}

}  // namespace
}  // namespace pomona
