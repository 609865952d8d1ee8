// Search in Chinese and English, and how long it takes in a full table.

#include <chrono>

#include "records/records_fixture.h"

namespace anlan::records {
namespace {

class Search : public RecordsTest {
 protected:
  void SetUp() override {
    RecordsTest::SetUp();
    if (IsSkipped()) return;
    std::vector<store::Migration> indexes{index_migration_of(form("sample"))};
    auto migrated = database_->migrate(indexes);
    ASSERT_TRUE(migrated) << migrated.error().detail;
  }
  RecordId add(const std::string& name, const std::string& note = "") {
    Json fields = Json::object({{"name_zh", name}, {"note", note}, {"area", area1_.text()}});
    auto out = act(
        [&](const Writing& writing) { return create(writing, form("sample"), fields, kWriteAll); });
    EXPECT_TRUE(out) << out.error().detail << out.error().field;
    return out ? out->id : RecordId{};
  }
  std::string found(const std::string& search) {
    Query query{.modes = kReadAll, .search = search, .sort = "created_at"};
    auto page = list(*snapshot(), form("sample"), query);
    EXPECT_TRUE(page) << page.error().detail << " " << search;
    std::string out;
    for (const Json& row : page ? page->rows : std::vector<Json>()) {
      out += (out.empty() ? "" : ",") + row["name_zh"].as_text();
    }
    return out;
  }
};

TEST_P(Search, FindsWordsOfTwoCharacters) {
  add("阀门泄漏", "三号罐区");
  add("安全阀校验");
  add("门阀");
  EXPECT_EQ(found("阀门"), "阀门泄漏") << "the order of characters counts";
  EXPECT_EQ(found("泄漏"), "阀门泄漏");
  EXPECT_EQ(found("罐区 阀门"), "阀门泄漏") << "in any field, each word";
  EXPECT_EQ(found("安全阀"), "安全阀校验");
  EXPECT_EQ(found("罐阀"), "");
}

TEST_P(Search, FindsLatinWordsByTheirBeginningAndMixedTexts) {
  add("Pump P-101A", "机泵P-101A振动 Vibration");
  add("PUMP house");
  EXPECT_EQ(found("pump"), "Pump P-101A,PUMP house");
  EXPECT_EQ(found("vibra"), "Pump P-101A");
  EXPECT_EQ(found("P-101"), "Pump P-101A");
  EXPECT_EQ(found("泵P-101A振"), "Pump P-101A");
  EXPECT_EQ(found("p-102"), "");
}

TEST_P(Search, TakesFullWidthFormsAndCapitalsForThePlainOnes) {
  add("\xef\xbc\xb0\xef\xbc\xad２０１");  // PM, full width
  add("Été");
  EXPECT_EQ(found("pm201"), "\xef\xbc\xb0\xef\xbc\xad２０１");
  EXPECT_EQ(found("ÉTÉ"), "Été");
}

TEST_P(Search, PutsMoreMatchesFirst) {
  add("泄漏一次");
  add("泄漏三次", "泄漏,又泄漏");
  add("泄漏两次", "泄漏");
  Query query{.modes = kReadAll, .search = "泄漏", .sort = "-relevance", .count = 2};
  auto page = list(*snapshot(), form("sample"), query);
  ASSERT_TRUE(page) << page.error().detail;
  ASSERT_EQ(page->rows.size(), 2u);
  EXPECT_EQ(page->rows[0]["name_zh"], Json("泄漏三次"));
  EXPECT_EQ(page->rows[1]["name_zh"], Json("泄漏两次"));
  query.cursor = page->next;
  page = list(*snapshot(), form("sample"), query);
  ASSERT_TRUE(page) << page.error().detail;
  ASSERT_EQ(page->rows.size(), 1u);
  EXPECT_EQ(page->rows[0]["name_zh"], Json("泄漏一次"));
  EXPECT_TRUE(page->next.empty());
  query.search = "";
  EXPECT_FALSE(list(*snapshot(), form("sample"), query));
}

TEST_P(Search, SeesWhatChangesAndForgetsWhatWasThere) {
  RecordId id = add("旧名称");
  ASSERT_TRUE(act([&](const Writing& writing) {
    return update(writing, form("sample"), id, 1, json(R"({"name_zh":"新名称"})"), kWriteAll);
  }));
  EXPECT_EQ(found("旧名"), "");
  EXPECT_EQ(found("新名"), "新名称");
  EXPECT_EQ(found("%_"), "") << "no wildcard";
  EXPECT_EQ(found("\"名称\""), "") << "no syntax of the index";
}

// On SQLite triggers know it by the column; PostgreSQL keeps no index of pairs over the form's
// table, which would get them all anew with every change.
TEST_P(Search, WritesPairsOnlyWhenTheyChange) {
  if (GetParam() != store::Dialect::Postgres) GTEST_SKIP() << "asks PostgreSQL's catalogue";
  RecordId id = add("旧名称");
  auto place = [&] {
    auto rows = snapshot()->query(
        {"SELECT ctid::text AS place FROM s_sample_pairs WHERE id = ?", {id.text()}});
    return rows && rows->size() == 1 ? (*rows)[0].text("place") : "";
  };
  auto change = [&](int64_t version, const char* fields) {
    return act([&](const Writing& writing) {
      return update(writing, form("sample"), id, version, json(fields), kWriteAll);
    });
  };
  std::string first = place();
  ASSERT_TRUE(change(1, R"({"count":3})"));
  EXPECT_EQ(place(), first);
  ASSERT_TRUE(change(2, R"({"name_zh":"新名称"})"));
  EXPECT_NE(place(), first);
  auto gin = snapshot()->query(
      {"SELECT i.tablename, coalesce(array_to_string(c.reloptions, ','), '') AS options"
       " FROM pg_indexes i JOIN pg_class c ON c.relname = i.indexname"
       " WHERE i.indexdef LIKE '%USING gin%'"});
  ASSERT_TRUE(gin) << gin.error().detail;
  ASSERT_EQ(gin->size(), 1u);
  EXPECT_EQ((*gin)[0].text("tablename"), "s_sample_pairs");
  EXPECT_EQ((*gin)[0].text("options"), "fastupdate=off") << "nobody empties a list for all";
}

TEST_P(Search, TakesOverTheIndexOfBefore) {
  add("阀门泄漏");
  std::vector<store::Migration> back{
      {"test.back",
       {"{{postgres}}DROP TABLE s_sample_pairs",
        "{{postgres}}DROP TRIGGER s_sample_pairs_put ON f_sample",
        "{{postgres}}DROP TRIGGER s_sample_pairs_removed ON f_sample",
        "{{postgres}}CREATE INDEX s_sample ON f_sample USING gin (string_to_array(search, ' '))",
        "DELETE FROM store_migration WHERE id = 'form.sample.index.3'"}}};
  ASSERT_TRUE(database_->migrate(back));
  std::vector<store::Migration> again{index_migration_of(form("sample"))};
  ASSERT_TRUE(database_->migrate(again));
  EXPECT_EQ(found("阀门"), "阀门泄漏");
  if (GetParam() != store::Dialect::Postgres) return;
  auto old = snapshot()->query({"SELECT 1 AS one FROM pg_indexes WHERE indexname = 's_sample'"});
  EXPECT_TRUE(old && old->empty());
}

ON_BOTH_DATABASES(Search);

}  // namespace
}  // namespace anlan::records
