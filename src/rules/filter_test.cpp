#include "rules/filter.h"

#include <gtest/gtest.h>

namespace anlan::rules {
namespace {

std::string made(std::string_view feel) {
  auto filter = filter_of(feel);
  return filter ? write_json(filter_json(*filter)) : filter.error().detail;
}

TEST(FilterOf, MakesFiltersOfConditions) {
  EXPECT_EQ(made("level = \"a\""), R"(["eq","level","a"])");
  EXPECT_EQ(made("5 < size"), R"(["gt","size",5])");
  EXPECT_EQ(made("is_open and size != 2.50"), R"(["and",["eq","is_open",true],["ne","size",2.5]])");
  EXPECT_EQ(made("size between 1 and -(-3)"), R"(["and",["ge","size",1],["le","size",3]])");
  EXPECT_EQ(made("size in ]1..5]"), R"(["and",["gt","size",1],["le","size",5]])");
  EXPECT_EQ(made("size in (< 2, 7)"), R"(["or",["lt","size",2],["eq","size",7]])");
  EXPECT_EQ(made("level in [\"a\", \"b\"]"), R"(["in","level",["a","b"]])");
  EXPECT_EQ(made("owner = null"), R"(["null","owner"])");
  EXPECT_EQ(made("contains(title, \"Oil\")"), R"(["has","title","Oil"])");
  EXPECT_EQ(made("day >= date(\"2026-01-31\")"), R"(["ge","day","2026-01-31"])");
  EXPECT_EQ(made("at > @\"2026-01-31T10:00:00Z\""), R"(["gt","at","2026-01-31T10:00:00Z"])");
  EXPECT_EQ(made("true"), R"(["all"])");
}

// `=` of points in time sees whole seconds; a column may hold more.
TEST(FilterOf, ComparesPointsInTimeToTheSecond) {
  constexpr const char* kWithin =
      R"(["and",["ge","at","2026-01-31T10:00:00Z"],["lt","at","2026-01-31T10:00:01Z"]])";
  EXPECT_EQ(made("at = @\"2026-01-31T10:00:00.5Z\""), kWithin);
  EXPECT_EQ(made("at != @\"2026-01-31T10:00:00Z\""), R"(["not",)" + std::string(kWithin) + "]");
  EXPECT_EQ(made("at in [@\"2026-01-31T10:00:00Z\"]"), R"(["or",)" + std::string(kWithin) + "]");
}

TEST(FilterOf, PutsTheCallersVariablesIn) {
  EXPECT_EQ(made("owner = user.id"), R"(["eq","owner",{"var":"me"}])");
  EXPECT_EQ(made("under(org_path, user.org)"), R"(["under","org_path",{"var":"my_org"}])");
  EXPECT_EQ(made("under(org_path, \"/AL/\")"), R"(["under","org_path","/AL/"])");
  EXPECT_EQ(made("place in user.orgs"), R"(["in","place",[{"var":"my_orgs"}]])");
}

// Unknown stays unknown below a not.
TEST(FilterOf, TurnsConditionsRoundWithoutTakingUnknownForFalse) {
  EXPECT_EQ(made("not(size < 5)"), R"(["ge","size",5])");
  EXPECT_EQ(made("not(size = 5)"), R"(["ne","size",5])");
  EXPECT_EQ(made("not(a = 1 and b > 2)"), R"(["or",["ne","a",1],["le","b",2]])");
  EXPECT_EQ(made("not(contains(title, \"x\"))"),
            R"(["and",["not",["null","title"]],["not",["has","title","x"]]])");
  EXPECT_EQ(made("not(null)"), R"(["none"])");
}

TEST(FilterOf, RefusesTheRestByName) {
  EXPECT_EQ(made("if a then b else c"), "if can't stand in a condition on rows");
  EXPECT_EQ(made("some x in a satisfies x > 1"), "some can't stand in a condition on rows");
  EXPECT_EQ(made("upper case(title) = \"A\""),
            "a comparison needs a member of the record on one side");
  EXPECT_EQ(made("starts with(title, \"A\")"), "starts with() can't stand in a condition on rows");
  EXPECT_EQ(made("size + 1 > 2"), "a comparison needs a member of the record on one side");
  EXPECT_EQ(made("a = b"), "a member can only be compared with a constant: b");
  EXPECT_EQ(made("at > now()"), "now() and today() can't stand in a condition on rows");
  EXPECT_EQ(made("at > @\"2026-01-31T10:00:00+08:00\""),
            "a point in time is written in UTC, with Z at its end");
  EXPECT_EQ(made("size < null"), "null is neither smaller nor greater: size");
  EXPECT_EQ(made("owner = user.name"), "only user.id, user.org and user.orgs are known");
  EXPECT_EQ(made("owner.name = \"x\""), "a comparison needs a member of the record on one side");
  EXPECT_EQ(made("f(a)"), "f can't stand in a condition on rows");
  EXPECT_FALSE(filter_of("a = "));
  std::string many = "a = 1";
  for (int i = 0; i < 300; ++i) many += " or a = 1";
  EXPECT_FALSE(filter_of(many));
}

}  // namespace
}  // namespace anlan::rules
