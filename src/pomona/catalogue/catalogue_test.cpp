// SPDX-License-Identifier: Apache-2.0
#include "pomona/catalogue/catalogue.h"

#include <gmock/gmock.h>

#include "pomona/base/error.h"

namespace pomona {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsNull;
using testing::NotNull;

constexpr const char* kTwoKinds = R"({"format": 1,
 "kinds": [
  {"id": "lime", "name": {"en": "Lime", "fr": "Citron vert"}, "scientific_name": "Citrus × latifolia",
   "family": "Rutaceae", "part": {"en": "a berry", "fr": "une baie"},
   "origin": {"en": "Asia", "fr": "Asie"},
   "cautions": [{"en": "Keep off skin.", "fr": "Loin de la peau."}],
   "facts": [{"en": "A cross.", "fr": "Un croisement.", "source": "Somebody 2020"}]},
  {"id": "lemon", "name": {"en": "Lemon", "fr": "Citron"}, "scientific_name": "Citrus × limon",
   "family": "Rutaceae", "part": {"en": "a berry", "fr": "une baie"},
   "origin": {"en": "Asia", "fr": "Asie"}, "cautions": [], "facts": []}],
 "lookalikes": [{"kinds": ["lemon", "lime"], "difference": {"en": "Green.", "fr": "Vert."}}],
 "varieties": [{"kind": "lemon", "id": "Meyer", "name": {"en": "Meyer", "fr": "De Meyer"},
                "distinguished_by": {"en": "Orange.", "fr": "Orangé."}},
               {"kind": "lemon", "id": "Eureka", "name": {"en": "Eureka", "fr": "Eureka"},
                "distinguished_by": {"en": "Knobbly.", "fr": "Bosselé."}}]})";

std::string refusal_of(const std::string& text) {
  try {
    (void)Catalogue::parse(text, "'kinds.json'");
  } catch (const Error& error) {
    return error.what();
  }
  return "not refused";
}

std::string with(const std::string& from, const std::string& to) {
  std::string text = kTwoKinds;
  return text.replace(text.find(from), from.size(), to);
}

TEST(Catalogue, KnowsItsKinds) {
  const Catalogue catalogue = Catalogue::parse(kTwoKinds, "here");
  const Kind* lime = catalogue.find("lime");
  ASSERT_THAT(lime, NotNull());
  EXPECT_EQ(lime->name.in(Language::kFrench), "Citron vert");
  EXPECT_EQ(lime->name.in(Language::kEnglish), "Lime");
  EXPECT_EQ(lime->scientific_name, "Citrus × latifolia");
  EXPECT_EQ(lime->cautions.at(0).en, "Keep off skin.");
  EXPECT_EQ(lime->facts.at(0).source, "Somebody 2020");
  EXPECT_THAT(catalogue.find("pear"), IsNull());
}

TEST(Catalogue, DistinguishesTwoKindsInEitherOrder) {
  const Catalogue catalogue = Catalogue::parse(kTwoKinds, "here");
  ASSERT_THAT(catalogue.difference("lime", "lemon"), NotNull());
  EXPECT_EQ(catalogue.difference("lime", "lemon"), catalogue.difference("lemon", "lime"));
  EXPECT_EQ(catalogue.difference("lime", "lemon")->fr, "Vert.");
  EXPECT_THAT(catalogue.difference("lime", "pear"), IsNull());
}

TEST(Catalogue, KnowsVarieties) {
  const Catalogue catalogue = Catalogue::parse(kTwoKinds, "here");
  const Variety* meyer = catalogue.find_variety("lemon", "Meyer");
  ASSERT_THAT(meyer, NotNull());
  EXPECT_EQ(meyer->name.in(Language::kFrench), "De Meyer");
  EXPECT_EQ(meyer->distinguished_by.in(Language::kEnglish), "Orange.");
  EXPECT_THAT(catalogue.find_variety("lime", "Meyer"), IsNull());
}

TEST(Catalogue, PrintsTheVarietiesThatAreWanted) {
  const Catalogue all = Catalogue::parse(kTwoKinds, "here");
  EXPECT_EQ(all.print({"lemon"}).find("varieties"), std::string::npos);
  const std::string part = all.print({"lemon"}, {{"lemon", "Meyer"}, {"lime", "Key"}});
  const Catalogue one = Catalogue::parse(part, "there");
  ASSERT_THAT(one.find_variety("lemon", "Meyer"), NotNull());
  EXPECT_EQ(one.find_variety("lemon", "Meyer")->distinguished_by.fr, "Orangé.");
  EXPECT_THAT(one.find_variety("lemon", "Eureka"), IsNull());
}

TEST(Catalogue, PrintsAPartThatIsReadAgain) {
  const Catalogue all = Catalogue::parse(kTwoKinds, "here");
  const std::string both = all.print({"lemon", "lime", "pear"});
  EXPECT_EQ(Catalogue::parse(both, "there").print({"lemon", "lime"}), both);
  const Catalogue lemon = Catalogue::parse(all.print({"lemon"}), "there");
  EXPECT_THAT(lemon.find("lemon"), NotNull());
  EXPECT_THAT(lemon.find("lime"), IsNull());
  EXPECT_THAT(lemon.difference("lemon", "lime"), IsNull());
}

TEST(Catalogue, SaysWhichEntryIsNotAsItShouldBe) {
  EXPECT_THAT(refusal_of("{"), HasSubstr("'kinds.json'"));
  EXPECT_THAT(refusal_of(R"({"format": 2})"), HasSubstr("expected format 1, found 2"));
  EXPECT_THAT(refusal_of(with("\"family\": \"Rutaceae\", ", "")),
              AllOf(HasSubstr("'kinds.json'"), HasSubstr("\"lime\""), HasSubstr("family")));
  EXPECT_THAT(refusal_of(with("Citron vert", "")),
              AllOf(HasSubstr("\"lime\""), HasSubstr("expected English and French")));
  EXPECT_THAT(refusal_of(with("\"id\": \"lemon\"", "\"id\": \"lime\"")), HasSubstr("two of it"));
  EXPECT_THAT(refusal_of(with("Knobbly.", "")),
              AllOf(HasSubstr("\"Eureka\" of varieties"), HasSubstr("English and French")));
  EXPECT_THAT(refusal_of(with("\"id\": \"Eureka\"", "\"id\": \"Meyer\"")),
              AllOf(HasSubstr("\"Meyer\" of varieties"), HasSubstr("two of it")));
  EXPECT_THAT(refusal_of(with("\"kind\": \"lemon\", \"id\": \"Meyer\"",
                              "\"kind\": \"pear\", \"id\": \"Meyer\"")),
              AllOf(HasSubstr("\"Meyer\" of varieties"), HasSubstr("no kind 'pear'")));
  EXPECT_THAT(refusal_of(with("\"Green.\"", "3")),
              AllOf(HasSubstr("[\"lemon\",\"lime\"]"), HasSubstr("lookalikes")));
}

TEST(Catalogue, KnowsTwoLanguages) {
  EXPECT_EQ(language_from_name("fr"), Language::kFrench);
  EXPECT_EQ(language_from_name("en"), Language::kEnglish);
  EXPECT_THROW(language_from_name("de"), Error);
}

}  // namespace
}  // namespace pomona
