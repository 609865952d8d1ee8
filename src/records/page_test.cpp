#include "records/page.h"

#include <algorithm>
#include <map>
#include <set>

#include "records/records_fixture.h"

namespace anlan::records {
namespace {

using enum access::FieldMode;

class Pages : public RecordsTest {
 protected:
  Json text_page(const Query& query) {
    auto text = list_text(*snapshot(), form("sample"), query);
    EXPECT_TRUE(text) << text.error().detail << " " << text.error().field;
    auto page = parse_json(text.value_or("null"), limits::kXmlBytesMax);
    EXPECT_TRUE(page) << *text;
    return page.value_or(Json());
  }

  // Copies of one record: `place` says where the n-th stands; later ones are newer.
  void add_many(int64_t count, const std::function<std::string(int64_t)>& place) {
    std::vector<store::Migration> indexes{index_migration_of(form("sample"))};
    ASSERT_TRUE(database_->migrate(indexes));
    auto view = snapshot();
    auto one =
        create({*view, actor_, clock_.now(), ids_, forms_}, form("sample"), sample(), kWriteAll);
    ASSERT_TRUE(one) << one.error().detail;
    store::Change change{.act = "test.fill", .subject_kind = "test", .at = clock_.now()};
    for (int64_t n = 0; n < count; ++n) {
      store::RowChange row = one->change.rows[0];
      row.is_private = true;
      row.key[0].value = ids_.next_id<RecordKind>().text();
      for (store::Cell& cell : row.cells) {
        if (cell.column == "number") cell.value = "N" + std::to_string(n);
        if (cell.column == "org_path") cell.value = place(n);
        // Some at the same moment: the id decides then.
        if (cell.column == "created_at") cell.value = (clock_.now() + Duration::seconds(n / 3)).ns;
      }
      change.rows.push_back(std::move(row));
    }
    ASSERT_TRUE(commit(change));
  }

  // All numbers, page by page; each must come once and in order.
  std::vector<std::string> walk_through(Query query) {
    std::vector<std::string> numbers;
    std::set<std::string> seen;
    std::pair<std::string, std::string> last;
    do {
      Json page = text_page(query);
      for (const Json& row : page["rows"].as_array()) {
        EXPECT_TRUE(seen.insert(row["id"].as_text()).second) << "twice";
        std::pair now{row["created_at"].as_text(), row["id"].as_text()};
        bool is_in_order =
            last.first.empty() || (query.sort == "created_at" ? last < now : now < last);
        EXPECT_TRUE(is_in_order) << last.first << " then " << now.first;
        last = now;
        numbers.push_back(row["number"].as_text());
      }
      query.cursor = page["next"].as_text();
    } while (!query.cursor.empty());
    return numbers;
  }

  static Filter under(std::string path) {
    return {.kind = Filter::Kind::Under, .field = "org_path", .values = {Json(std::move(path))}};
  }
};

ON_BOTH_DATABASES(Pages);

TEST_P(Pages, TextSaysWhatTheTreeSays) {
  actor_ = {.kind = Actor::Kind::Person, .person = zhang_};
  std::string photo = upload("1");
  std::string other = upload("2");
  Json full = sample(R"({"code":"AB-1","note":"第一\n\"第二\"\\ \t","count":3,"money":1234567.80,
    "done":false,"at":"2026-11-21T08:00:00.25+08:00","day":"2026-11-22","takes":"PT90M",
    "color":"red","colors":["green","blue"],"unit":"WS1",
    "spot":{"lat":31.23,"lon":121.47,"accuracy_m":5},"box":{"x":1,"deep":{"y":[1,2,0.10]}},
    "phone":"13812345678"})");
  full.set("boss", li_.text()).set("photos", photos({photo, other}));
  auto written = try_create("sample", full);
  ASSERT_TRUE(written) << written.error().detail << written.error().field;
  made_sample();
  const access::FieldModes some{.fallback = Read,
                                .named = {{"phone", Masked},
                                          {"note", Masked},
                                          {"count", Masked},
                                          {"colors", Masked},
                                          {"money", Hidden},
                                          {"boss", Hidden},
                                          {"unit", Masked}}};
  for (const access::FieldModes& modes : {kReadAll, some}) {
    Query query{.scope = under("/AL/"), .modes = modes};
    auto tree = list(*snapshot(), form("sample"), query);
    ASSERT_TRUE(tree);
    Json page = text_page(query);
    ASSERT_EQ(page["rows"].as_array().size(), 2u);
    for (std::size_t i = 0; i < 2; ++i) {
      EXPECT_EQ(write_json(page["rows"].as_array()[i]), write_json(tree->rows[i]));
    }
    auto text = read_text(*snapshot(), form("sample"), written->id, {}, modes);
    ASSERT_TRUE(text) << text.error().detail;
    auto read_tree = read(*snapshot(), form("sample"), written->id, {}, modes);
    EXPECT_EQ(text->json, write_json(*read_tree));
    EXPECT_FALSE(text->has_case);
    auto shown = shown_record(*snapshot(), form("sample"), written->record, modes);
    EXPECT_EQ(write_json(*shown), text->json);
  }
  EXPECT_EQ(
      read_text(*snapshot(), form("sample"), written->id, under("/AL/WS9/"), kReadAll).error().code,
      ErrorCode::NotFound);
  ASSERT_TRUE(try_flow(written->id, R"({"case_id":"01900000-0000-7000-8000-000000000001"})"));
  EXPECT_TRUE(read_text(*snapshot(), form("sample"), written->id, {}, kReadAll)->has_case);
}

TEST_P(Pages, ATitleChangesWithWhatItNames) {
  made_sample();
  auto title = [&] {
    Json page = text_page({.modes = kReadAll});
    return page["rows"].as_array()[0]["_titles"]["area"]["zh"].as_text();
  };
  EXPECT_EQ(title(), "罐区");
  EXPECT_EQ(title(), "罐区");
  clock_.advance(Duration::milliseconds(1));
  auto renamed = act([&](const Writing& w) {
    return update(w, form("area"), area1_, 1, Json::object({{"name_zh", "新罐区"}}), kWriteAll);
  });
  ASSERT_TRUE(renamed) << renamed.error().detail;
  EXPECT_EQ(title(), "新罐区");
}

// 1,400 records: too many of the plant to be counted, few of a workshop, and a workshop whose
// records are all old.
TEST_P(Pages, EveryWayFindsEveryRowOnceAndInOrder) {
  constexpr int64_t kAll = 1'400;
  auto place = [](int64_t n) {
    if (n < 60) return std::string("/AL/WS2/");
    return std::string(n % 7 == 0 ? "/AL/WS1/T1/" : "/AL/WS1/");
  };
  add_many(kAll, place);
  for (const char* sort : {"-created_at", "created_at"}) {
    for (const char* path : {"/", "/AL/", "/AL/WS1/", "/AL/WS1/T1/", "/AL/WS2/", "/AL/WS3/"}) {
      int64_t wanted = 0;
      for (int64_t n = 0; n < kAll; ++n) wanted += place(n).starts_with(path) ? 1 : 0;
      Filter scope = std::string(path) == "/" ? Filter{} : under(path);
      Query query{.scope = scope, .modes = kReadAll, .sort = sort, .count = 200};
      std::vector<std::string> found = walk_through(query);
      EXPECT_EQ(static_cast<int64_t>(found.size()), wanted) << sort << " " << path;
      query.filter = {.kind = Filter::Kind::Eq, .field = "number", .values = {Json("N7")}};
      EXPECT_EQ(walk_through(query).size(), place(7).starts_with(path) ? 1u : 0u) << path;
    }
  }
  Filter both{.kind = Filter::Kind::Or, .parts = {under("/AL/WS1/T1/"), under("/AL/WS2/")}};
  EXPECT_EQ(walk_through({.scope = both, .modes = kReadAll, .count = 50}).size(), 251u);
}

TEST_P(Pages, ATotalIsExactUpToItsBound) {
  add_many(kTotalMax + 5, [](int64_t n) { return n < 3 ? "/AL/WS2/" : "/AL/WS1/"; });
  auto total = [&](const Filter& scope, const Filter& wish) {
    Json page = text_page({.filter = wish, .scope = scope, .modes = kReadAll, .has_total = true});
    return std::pair(page["total"].as_int64().value_or(-1), page["is_total_capped"].as_bool());
  };
  Filter some{.kind = Filter::Kind::In,
              .field = "number",
              .values = {Json("N1"), Json("N2"), Json("N1000")}};
  EXPECT_EQ(total({}, {}), std::pair(kTotalMax, true));
  EXPECT_EQ(total(under("/AL/WS1/"), {}), std::pair(kTotalMax, true));
  EXPECT_EQ(total(under("/AL/WS2/"), {}), std::pair(int64_t{3}, false));
  EXPECT_EQ(total(under("/AL/WS2/"), some), std::pair(int64_t{2}, false));
  EXPECT_EQ(total({}, some), std::pair(int64_t{3}, false));
  EXPECT_FALSE(text_page({.modes = kReadAll}).has("total")) << "only who asks is told";
}

}  // namespace
}  // namespace anlan::records
