#include "records/query.h"

#include <algorithm>
#include <set>

#include "records/records_fixture.h"

namespace anlan::records {
namespace {

using enum access::FieldMode;

class Queries : public RecordsTest {
 protected:
  Result<Page> listed(const Query& query) { return list(*snapshot(), form("sample"), query); }

  std::vector<std::string> matching(std::string_view filter_text) {
    return ids_of({.filter = filter(filter_text), .modes = kReadAll, .sort = "created_at"});
  }
  ErrorCode refusal(std::string_view filter_text, std::string_view field) {
    auto page = listed({.filter = filter(filter_text), .modes = kReadAll});
    EXPECT_FALSE(page) << filter_text;
    EXPECT_EQ(page.error().field, field) << filter_text;
    return page ? ErrorCode::Internal : page.error().code;
  }
  std::vector<std::string> texts(const std::vector<RecordId>& ids) {
    std::vector<std::string> out;
    for (RecordId id : ids) out.push_back(id.text());
    return out;
  }
};

TEST_P(Queries, AnswerRowsWithTypedValuesAndTitles) {
  RecordId id = made_sample(R"({"count":2,"money":2.50,"unit":"WS1","boss":")" + zhang_.text() +
                            R"(","at":"2026-11-21T08:00:00.5+08:00","colors":["red"]})");
  auto page = listed({.modes = kReadAll});
  ASSERT_TRUE(page) << page.error().detail;
  ASSERT_EQ(page->rows.size(), 1u);
  const Json& row = page->rows[0];
  EXPECT_EQ(row["id"], Json(id.text()));
  EXPECT_EQ(write_json(row["money"]), "2.50");
  EXPECT_EQ(row["at"], Json("2026-11-21T00:00:00.500Z"));
  EXPECT_EQ(row["colors"], Json::array({"red"}));
  EXPECT_TRUE(row.has("note") && row["note"].is_null());
  EXPECT_FALSE(row.has("search"));
  const Json& titles = row["_titles"];
  EXPECT_EQ(write_json(titles["area"]), R"({"zh":"罐区","en":"Tanks"})");
  EXPECT_EQ(titles["boss"]["zh"], Json("张三"));
  EXPECT_EQ(titles["unit"]["zh"], Json("WS1"));
  EXPECT_EQ(page->next, "");
  auto read_row = read(*snapshot(), form("sample"), id, {}, kReadAll);
  EXPECT_EQ(*read_row, row);
}

TEST_P(Queries, FilterByEveryKind) {
  RecordId a = made_sample(
      R"({"count":1,"money":1.10,"done":false,"at":"2026-11-21T00:00:00Z","day":"2026-11-21",
          "takes":"PT1H","color":"red","colors":["red","blue"],"note":"锅炉 100% OK","code":"AA"})");
  RecordId b = made_sample(
      R"({"count":2,"money":1.20,"done":true,"at":"2026-11-22T00:00:00Z","day":"2026-11-22",
          "takes":"PT2H","color":"blue","unit":"WS2","code":"BB"})");
  RecordId c = made_sample();
  auto is = [&](std::string_view text, const std::vector<RecordId>& ids) {
    EXPECT_EQ(matching(text), texts(ids)) << text;
  };
  is(R"(["all"])", {a, b, c});
  is(R"(["none"])", {});
  is(R"(["eq","count",1])", {a});
  is(R"(["ne","count",1])", {b, c});
  is(R"(["not",["eq","count",1]])", {b, c});
  is(R"(["not",["not",["eq","count",1]]])", {a});
  is(R"(["gt","money",1.1])", {b});
  is(R"(["le","money",1.2])", {a, b});
  is(R"(["eq","done",true])", {b});
  is(R"(["in","done",[true,false]])", {a, b});
  is(R"(["lt","at","2026-11-21T12:00:00+08:00"])", {a});
  is(R"(["ge","day","2026-11-22"])", {b});
  is(R"(["gt","takes","PT90M"])", {b});
  is(R"(["in","color",["red","green"]])", {a});
  is(R"(["in","color",[]])", {});
  is(R"(["contains","colors","blue"])", {a});
  is(R"(["contains","colors","BLUE"])", {});
  is(R"(["contains","note","00% ok"])", {a});
  is(R"(["contains","note","1_0"])", {});
  is(R"(["contains","note","锅炉"])", {a});
  is(R"(["under","unit","/AL"])", {b});
  is(R"(["under","unit","/AL/WS"])", {});
  is(R"(["under","org_path","/AL/WS1/"])", {a, b, c});
  is(R"(["null","photos"])", {a, b, c});
  is(R"(["not",["null","color"]])", {a, b});
  is(R"(["eq","state","open"])", {a, b, c});
  is(R"(["eq","number","YB-20261121-0002"])", {b});
  is(R"(["eq","created_by","system"])", {a, b, c});
  is(R"(["or",["eq","color","red"],["and",["eq","color","blue"],["eq","count",2]]])", {a, b});
  is(R"(["and"])", {a, b, c});
  is(R"(["or"])", {});
}

TEST_P(Queries, RefuseAFilterThatTheFormCantAnswer) {
  made_sample();
  EXPECT_EQ(refusal(R"(["eq","colour","red"])", "colour"), ErrorCode::BadRequest);
  EXPECT_EQ(refusal(R"(["eq","search","x"])", "search"), ErrorCode::BadRequest);
  EXPECT_EQ(refusal(R"(["eq","c_note","x"])", "c_note"), ErrorCode::BadRequest);
  EXPECT_EQ(refusal(R"(["eq","1=1; --","x"])", "1=1; --"), ErrorCode::BadRequest);
  EXPECT_EQ(refusal(R"(["eq","count","1"])", "count"), ErrorCode::BadRequest);
  EXPECT_EQ(refusal(R"(["eq","money",1.005])", "money"), ErrorCode::BadRequest);
  EXPECT_EQ(refusal(R"(["lt","done",true])", "done"), ErrorCode::BadRequest);
  EXPECT_EQ(refusal(R"(["eq","done",1])", "done"), ErrorCode::BadRequest);
  EXPECT_EQ(refusal(R"(["eq","at","yesterday"])", "at"), ErrorCode::BadRequest);
  EXPECT_EQ(refusal(R"(["eq","photos","x"])", "photos"), ErrorCode::BadRequest);
  EXPECT_EQ(refusal(R"(["contains","count","1"])", "count"), ErrorCode::BadRequest);
  EXPECT_EQ(refusal(R"(["under","note","/AL/"])", "note"), ErrorCode::BadRequest);
  EXPECT_EQ(refusal(R"(["eq","boss",{"var":"me"}])", "boss"), ErrorCode::BadRequest);
  EXPECT_EQ(refusal(R"(["eq","note","\u0000"])", "note"), ErrorCode::BadRequest);
  EXPECT_EQ(refusal(R"(["eq","note",null])", "note"), ErrorCode::BadRequest);
  auto scoped = listed({.scope = filter(R"(["eq","colour","red"])"), .modes = kReadAll});
  EXPECT_EQ(scoped.error().code, ErrorCode::BadPack);
}

TEST_P(Queries, TellNothingOfAHiddenOrMaskedField) {
  std::string more =
      R"({"secret":"银行卡","phone":"13812345678","note":"普通 文字","color":"red"})";
  RecordId id = made_sample(more);
  ASSERT_TRUE(try_update(id, 1, json(R"({"secret":"换了","phone":"13900001111","count":1})")));
  access::FieldModes modes{.fallback = Read, .named = {{"secret", Hidden}, {"phone", Masked}}};
  auto view = snapshot();
  const Form& sample_form = form("sample");
  auto is_clean = [](const Json& answer) {
    std::string text = write_json(answer);
    for (const char* leak : {"银行卡", "换了", "secret", "1381234", "1390000"}) {
      if (text.find(leak) != std::string::npos) return false;
    }
    return true;
  };
  auto page = listed({.modes = modes});
  ASSERT_TRUE(page);
  EXPECT_TRUE(is_clean(page->rows[0]));
  EXPECT_EQ(page->rows[0]["phone"], Json("***1111"));
  EXPECT_TRUE(is_clean(*read(*view, sample_form, id, {}, modes)));
  Json changes = *history(*view, sample_form, id, modes);
  EXPECT_TRUE(is_clean(changes));
  EXPECT_FALSE(is_clean(*history(*view, sample_form, id, kReadAll)));

  for (const std::string field : {"secret", "phone"}) {
    for (const std::string& ask :
         {R"(["eq",")" + field + R"(","x"])", R"(["contains",")" + field + R"(","1"])",
          R"(["null",")" + field + "\"]",
          R"(["or",["all"],["not",["in",")" + field + R"(",["x"]]]])"}) {
      auto refused = listed({.filter = filter(ask), .modes = modes});
      ASSERT_FALSE(refused) << ask;
      EXPECT_EQ(refused.error().code, ErrorCode::Forbidden);
      EXPECT_EQ(refused.error().field, field);
      EXPECT_EQ(count_by(*view, sample_form, "color", {.filter = filter(ask), .modes = modes})
                    .error()
                    .code,
                ErrorCode::Forbidden);
    }
    EXPECT_EQ(listed({.modes = modes, .sort = "-" + field}).error().code, ErrorCode::Forbidden);
    EXPECT_EQ(count_by(*view, sample_form, field, {.modes = modes}).error().code,
              ErrorCode::Forbidden);
  }
  // Neither is part of what is searched at all.
  EXPECT_TRUE(ids_of({.modes = modes, .search = "换了"}).empty());
  EXPECT_TRUE(ids_of({.modes = kReadAll, .search = "1390000"}).empty());
  EXPECT_EQ(ids_of({.modes = modes, .search = "文字"}).size(), 1u);
}

TEST_P(Queries, SearchNothingForWhoMayNotReadAllThatIsSearched) {
  made_sample(R"({"note":"锅炉房漏油"})");
  for (access::FieldMode mode : {Hidden, Masked}) {
    access::FieldModes modes{.fallback = Read, .named = {{"note", mode}}};
    auto refused = listed({.modes = modes, .search = "漏油"});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::Forbidden);
    EXPECT_EQ(refused.error().field, "note");
  }
  EXPECT_EQ(listed({.search = "漏油"}).error().code, ErrorCode::Forbidden);
}

TEST_P(Queries, HideEverythingByDefault) {
  RecordId id = made_sample(R"({"secret":"x","count":1})");
  auto row = read(*snapshot(), form("sample"), id, {}, {});
  ASSERT_TRUE(row);
  for (const Field& field : form("sample").fields) EXPECT_FALSE(row->has(field.key)) << field.key;
  access::FieldModes modes{.fallback = Hidden, .named = {{"created_by", Hidden}}};
  row = read(*snapshot(), form("sample"), id, {}, modes);
  EXPECT_FALSE(row->has("created_by"));
  EXPECT_EQ(
      listed({.filter = filter(R"(["eq","created_by","system"])"), .modes = modes}).error().code,
      ErrorCode::Forbidden);
}

TEST_P(Queries, StayWithinTheScope) {
  RecordId inside = made_sample(R"({"color":"red"})");
  Json other = sample(R"({"color":"red"})");
  other.set("area", area2_.text());
  RecordId outside = made("sample", write_json(other));
  Filter scope = filter(R"(["under","org_path","/AL/WS1/"])");
  auto view = snapshot();
  const Form& sample_form = form("sample");
  EXPECT_EQ(ids_of({.scope = scope, .modes = kReadAll}), texts({inside}));
  EXPECT_EQ(ids_of({.filter = filter(R"(["or",["all"],["eq","color","red"]])"),
                    .scope = scope,
                    .modes = kReadAll}),
            texts({inside}));
  EXPECT_EQ(write_json(*count_by(*view, sample_form, "color", {.scope = scope, .modes = kReadAll})),
            R"([{"value":"red","count":1}])");
  EXPECT_EQ(write_json(*count_by(*view, sample_form, "color", {.modes = kReadAll})),
            R"([{"value":"red","count":2}])");
  EXPECT_TRUE(*is_visible(*view, sample_form, inside, scope));
  EXPECT_FALSE(*is_visible(*view, sample_form, outside, scope));
  // Outside and nowhere are one answer.
  auto refused = read(*view, sample_form, outside, scope, kReadAll);
  auto unknown = read(*view, sample_form, ids_.next_id<RecordKind>(), scope, kReadAll);
  ASSERT_FALSE(refused || unknown);
  EXPECT_EQ(refused.error(), unknown.error());
  EXPECT_EQ(refused.error().code, ErrorCode::NotFound);
  EXPECT_TRUE(ids_of({.scope = {.kind = Filter::Kind::None}, .modes = kReadAll}).empty());
}

TEST_P(Queries, FindTwoChineseCharacters) {
  RecordId a = made_sample(R"({"note":"二号锅炉房\n漏油严重 Pump-7"})");
  RecordId b = made_sample(R"({"name_zh":"锅炉","note":"正常"})");
  auto found = [&](std::string search) {
    return ids_of({.modes = kReadAll, .search = std::move(search), .sort = "created_at"});
  };
  EXPECT_EQ(found("锅炉"), texts({a, b}));
  EXPECT_EQ(found("锅炉房"), texts({a}));
  EXPECT_EQ(found("PUMP-7"), texts({a}));
  EXPECT_EQ(found("房漏"), texts({}));
  EXPECT_EQ(found("锅炉 漏油"), texts({a}));
  EXPECT_EQ(found("20261121-0002"), texts({b}));
  EXPECT_EQ(found("%%"), texts({}));
  EXPECT_EQ(found("__"), texts({}));
  for (const std::string& bad :
       {std::string("锅"), std::string(" "), std::string("x\0y", 3), std::string(65, 'x')}) {
    EXPECT_EQ(listed({.modes = kReadAll, .search = bad}).error().code, ErrorCode::BadRequest);
  }
}

TEST_P(Queries, PageWithoutGapsWhileRowsAreAdded) {
  std::set<std::string> first;
  const char* colors[] = {"red", "green", "blue"};
  for (int i = 0; i < 40; ++i) {
    std::string more = "{\"money\":" + std::to_string(i % 5);
    if (i % 3) more += ",\"at\":\"2026-11-2" + std::to_string(i % 4) + "T00:00:00Z\"";
    if (i % 4) more += std::string(",\"color\":\"") + colors[i % 3] + "\"";
    first.insert(made_sample(more + "}").text());
  }
  for (const std::string sort : {"created_at", "-created_at", "at", "-at", "color", "-color",
                                 "money", "-number", "state", "-id", "id", "name_zh"}) {
    std::multiset<std::string> seen;
    Query query{.modes = kReadAll, .sort = sort, .count = 7};
    do {
      auto page = listed(query);
      ASSERT_TRUE(page) << sort << page.error().detail;
      for (const Json& row : page->rows) seen.insert(row["id"].as_text());
      query.cursor = page->next;
      made_sample(R"({"at":"2026-11-21T00:00:00Z","money":2})");
    } while (!query.cursor.empty());
    for (const std::string& id : first) EXPECT_EQ(seen.count(id), 1u) << sort;
    for (const std::string& id : seen) EXPECT_EQ(seen.count(id), 1u) << sort;
  }
}

TEST_P(Queries, FindFewAmongMany) {
  store::Change change{.act = "test.fill", .subject_kind = "sample", .subject_id = "fill"};
  std::vector<std::string> wanted;
  for (int64_t i = 0; i < 4300; ++i) {
    std::string id = ids_.next_id<RecordKind>().text();
    bool is_wanted = i % 1000 == 3;
    if (is_wanted) wanted.push_back(id);
    change.rows.push_back({.table = "f_sample",
                           .key = {{"id", id}},
                           .cells = {{"state", "open"},
                                     {"org_path", "/AL/WS1/"},
                                     {"form_version", int64_t{1}},
                                     {"version", int64_t{1}},
                                     {"created_at", i},
                                     {"created_by", "system"},
                                     {"updated_at", i},
                                     {"updated_by", "system"},
                                     {"c_at", i},
                                     {"c_color", is_wanted ? "blue" : "red"}},
                           .is_private = true});
  }
  ASSERT_TRUE(commit(change));
  for (const std::string sort : {"created_at", "-created_at", "at", "-at", "id"}) {
    Query query{.filter = filter(R"(["eq","color","blue"])"),
                .scope = filter(R"(["under","org_path","/AL/"])"),
                .modes = kReadAll,
                .sort = sort,
                .count = 2};
    std::vector<std::string> seen;
    do {
      auto page = listed(query);
      ASSERT_TRUE(page) << page.error().detail;
      for (const Json& row : page->rows) seen.push_back(row["id"].as_text());
      query.cursor = page->next;
    } while (!query.cursor.empty());
    if (sort[0] == '-') std::ranges::reverse(seen);
    EXPECT_EQ(seen, wanted) << sort;
  }
}

TEST_P(Queries, SortByValueAndPutTheEmptyOnesLast) {
  RecordId b = made_sample(R"({"money":10})");
  RecordId none = made_sample();
  RecordId a = made_sample(R"({"money":9.5})");
  EXPECT_EQ(ids_of({.modes = kReadAll, .sort = "money"}), texts({a, b, none}));
  EXPECT_EQ(ids_of({.modes = kReadAll, .sort = "-money"}), texts({b, a, none}));
}

TEST_P(Queries, TakeNoForeignCursorAndNoForeignSort) {
  for (int i = 0; i < 3; ++i) made_sample();
  Query query{.modes = kReadAll, .sort = "-created_at", .count = 1};
  query.cursor = listed(query)->next;
  ASSERT_TRUE(listed(query));
  auto refused = [&](Query wrong) {
    auto page = listed(wrong);
    return page ? ErrorCode::Internal : page.error().code;
  };
  Query other = query;
  other.sort = "created_at";
  EXPECT_EQ(refused(other), ErrorCode::BadRequest);
  std::string id = ids_.next_id<RecordKind>().text();
  for (const std::string& text :
       {std::string("x"), std::string("zz"), to_hex("{}"), to_hex("[1]"), to_hex("null"),
        query.cursor + "00",
        to_hex(R"({"of":"sample","sort":"-created_at","value":"x","id":")" + id + "\"}"),
        to_hex(R"({"of":"sample","sort":"-created_at","id":")" + id + "\"}"),
        to_hex(R"({"of":"sample","sort":"-created_at","value":1,"id":"' OR 1=1"})"),
        to_hex(R"({"of":"area","sort":"-created_at","value":1,"id":")" + id + "\"}")}) {
    other = query;
    other.cursor = text;
    EXPECT_EQ(refused(other), ErrorCode::BadRequest) << text;
  }
  for (const char* sort : {"secre", "count", "photos", "colors", "search", "", "-", "id; DROP"}) {
    EXPECT_EQ(refused({.modes = kReadAll, .sort = sort}), ErrorCode::BadRequest) << sort;
  }
  EXPECT_EQ(refused({.modes = kReadAll, .count = 0}), ErrorCode::BadRequest);
  EXPECT_EQ(refused({.modes = kReadAll, .count = 201}), ErrorCode::LimitReached);
}

TEST_P(Queries, KeepForeignTextAsText) {
  const std::vector<std::string> texts_given{"'; DROP TABLE f_sample; --",
                                             "\" OR \"\"=\"",
                                             "<script>alert(1)</script>",
                                             "%_\\",
                                             "${7*7} {{7*7}}",
                                             "\\'; SELECT pg_sleep(9)",
                                             "?1 $1 :a @b",
                                             "{{text}}",
                                             "=1+1"};
  for (const Field& field : form("sample").fields) {
    if (field.kind != FieldKind::Text && field.kind != FieldKind::LongText) continue;
    if (!field.pattern.empty()) continue;
    for (const std::string& text : texts_given) {
      Json input = sample();
      input.set(field.key, text);
      auto written = try_create("sample", input);
      ASSERT_TRUE(written) << written.error().detail;
      for (const char* word : {"eq", "contains"}) {
        Filter same{
            .kind = std::string_view(word) == "eq" ? Filter::Kind::Eq : Filter::Kind::Contains,
            .field = field.key,
            .values = {Json(text)}};
        auto page = listed({.filter = same, .modes = kReadAll});
        ASSERT_TRUE(page) << page.error().detail;
        ASSERT_EQ(page->rows.size(), 1u) << field.key << " " << word << " " << text;
        EXPECT_EQ(page->rows[0][field.key], Json(text));
      }
    }
  }
  EXPECT_EQ(rows_in("f_sample"), 4 * static_cast<int64_t>(texts_given.size()));
}

TEST_P(Queries, ShowWhatChangedAndWhoDidIt) {
  actor_ = {.kind = Actor::Kind::Person, .person = zhang_};
  RecordId id = made_sample(R"({"count":1})");
  actor_ = {.kind = Actor::Kind::SystemTimeout};
  ASSERT_TRUE(try_flow(id, R"({"state":"closed","count":2})"));
  Json rows = *history(*snapshot(), form("sample"), id, kReadAll);
  auto find = [&](std::string_view field, int version) -> const Json& {
    static const Json nothing;
    for (const Json& row : rows.as_array()) {
      if (row["field"] == Json(field) && row["version"] == Json(version)) return row;
    }
    return nothing;
  };
  EXPECT_EQ(write_json(find("count", 1)["actor"]),
            R"({"kind":"person","person":")" + zhang_.text() + "\"}");
  EXPECT_TRUE(find("count", 1)["before"].is_null());
  EXPECT_EQ(find("count", 2)["before"], Json(1));
  EXPECT_EQ(find("count", 2)["after"], Json(2));
  EXPECT_EQ(find("state", 2)["after"], Json("closed"));
  EXPECT_EQ(write_json(find("state", 2)["actor"]), R"({"kind":"system-timeout","person":null})");
  EXPECT_TRUE(find("name_zh", 2).is_null()) << "it did not change";
  EXPECT_EQ(rows.as_array()[0]["version"], Json(1)) << "oldest first";
}

TEST_P(Queries, TellByAStampThatAFormsRecordsChanged) {
  RecordId id = made_sample(R"({"count":1})");
  auto before = stamp_of(*snapshot(), form("sample"));
  ASSERT_TRUE(before);
  EXPECT_EQ(stamp_of(*snapshot(), form("sample")), before) << "nothing happened";
  auto older = snapshot();
  RecordId other = made_sample(R"({"count":2})");
  EXPECT_NE(id, other);
  EXPECT_EQ(stamp_of(*older, form("sample")), std::nullopt) << "not what the newest state is";
  auto after = stamp_of(*snapshot(), form("sample"));
  ASSERT_TRUE(after);
  EXPECT_GT(*after, *before);
}

TEST_P(Queries, ShowNoDeletedRecord) {
  RecordId id = made_sample();
  store::Change change{.act = "sample.delete",
                       .subject_kind = "sample",
                       .subject_id = id.text(),
                       .at = clock_.now()};
  change.rows.push_back({.kind = store::RowChange::Kind::Update,
                         .table = "f_sample",
                         .key = {{"id", id.text()}},
                         .cells = {{"deleted_at", clock_.now().ns}}});
  ASSERT_TRUE(commit(change));
  auto view = snapshot();
  EXPECT_TRUE(ids_of({.modes = kReadAll}).empty());
  EXPECT_EQ(read(*view, form("sample"), id, {}, kReadAll).error().code, ErrorCode::NotFound);
  EXPECT_EQ(read_whole(*view, form("sample"), id).error().code, ErrorCode::NotFound);
  EXPECT_EQ(history(*view, form("sample"), id, kReadAll).error().code, ErrorCode::NotFound);
  EXPECT_FALSE(*is_visible(*view, form("sample"), id, {}));
  EXPECT_EQ(count_by(*view, form("sample"), "state", {.modes = kReadAll})->as_array().size(), 0u);
  EXPECT_EQ(try_update(id, 1, json("{}")).error().code, ErrorCode::NotFound);
}

TEST_P(Queries, FindOldRecordsAfterAFormHasGrown) {
  RecordId old = made_sample(R"({"count":1})");
  Json source = json(kSampleForm);
  source.set("version", 2);
  Json properties = source["data"]["properties"];
  properties.set("extra", json(R"({"x-kind":"integer","x-index":true,"minimum":5,
                                   "title":{"zh":"加","en":"Extra"}})"));
  Json data = source["data"];
  data.set("required", Json::array({"name_zh", "area", "extra"}));
  data.set("properties", properties);
  source.set("data", data);
  source.set("checks", Json::array());
  deploy(source);

  auto row = read(*snapshot(), form("sample"), old, {}, kReadAll);
  ASSERT_TRUE(row) << row.error().detail;
  EXPECT_EQ((*row)["form_version"], Json(1));
  EXPECT_TRUE(row->has("extra") && (*row)["extra"].is_null());
  EXPECT_EQ(try_create("sample", sample()).error().field, "extra");
  RecordId young = made_sample(R"({"extra":7})");
  EXPECT_EQ((*read_whole(*snapshot(), form("sample"), young))["form_version"], Json(2));
  EXPECT_EQ(matching(R"(["ge","extra",5])"), texts({young}));

  // The older record keeps the rules it was made with.
  EXPECT_EQ(try_update(old, 1, json(R"({"extra":7})")).error().code, ErrorCode::UnknownField);
  EXPECT_EQ(try_update(old, 1, json(R"({"done":true,"count":0})")).error().code,
            ErrorCode::CheckFailed);
  EXPECT_TRUE(try_update(young, 1, json(R"({"done":true,"count":0})")));
  EXPECT_EQ(try_update(old, 1, json(R"({"count":3})"))->record["form_version"], Json(1));

  // Both versions are there after a restart.
  auto loaded = load_forms(*snapshot());
  ASSERT_TRUE(loaded) << loaded.error().detail;
  EXPECT_EQ(loaded->find("sample")->version, 2);
  EXPECT_EQ(loaded->find("sample", 1)->find("extra"), nullptr);
  EXPECT_NE(loaded->find("area"), nullptr);
}

ON_BOTH_DATABASES(Queries);

}  // namespace
}  // namespace anlan::records
