// Fields in `ext`, more fields than a table has columns, sub-forms and the views for tools outside.

#include <algorithm>

#include "records/records_fixture.h"
#include "records/views.h"

namespace anlan::records {
namespace {

constexpr std::string_view kExtForm = R"form({
  "format": "anlan.form/1", "id": "kit", "version": 1, "title": {"zh": "\u5668\u6750", "en": "Kit"},
  "serial": "QC",
  "data": {"type": "object", "required": ["name"], "properties": {
    "name": {"x-kind": "text", "x-list": true, "title": {"zh": "\u540d\u79f0", "en": "Name"}},
    "code": {"x-kind": "text", "x-store": "ext", "title": {"zh": "\u4ee3\u7801", "en": "Code"}},
    "note": {"x-kind": "longtext", "x-store": "ext", "x-search": true,
      "title": {"zh": "\u5907\u6ce8", "en": "Note"}},
    "pieces": {"x-kind": "integer", "x-store": "ext",
      "title": {"zh": "\u6570\u91cf", "en": "Count"}},
    "price": {"x-kind": "decimal", "x-scale": 2, "x-store": "ext",
      "title": {"zh": "\u5355\u4ef7", "en": "Price"}},
    "done": {"x-kind": "boolean", "x-store": "ext", "title": {"zh": "\u5b8c\u6210", "en": "Done"}},
    "at": {"x-kind": "instant", "x-store": "ext", "title": {"zh": "\u65f6\u95f4", "en": "At"}},
    "colors": {"x-kind": "choices", "x-store": "ext", "enum": ["red", "blue"],
      "x-texts": {"red": {"zh": "\u7ea2", "en": "Red"}, "blue": {"zh": "\u84dd", "en": "Blue"}},
      "title": {"zh": "\u989c\u8272", "en": "Colours"}},
    "phone": {"x-kind": "text", "x-pii": "phone", "x-store": "ext",
      "title": {"zh": "\u7535\u8bdd", "en": "Phone"}},
    "parts": {"x-kind": "subform", "maxItems": 3, "title": {"zh": "\u90e8\u4ef6", "en": "Parts"},
      "items": {"type": "object", "required": ["what"], "properties": {
        "what": {"x-kind": "text", "maxLength": 20, "title": {"zh": "\u54c1\u540d", "en": "What"}},
        "amount": {"x-kind": "decimal", "x-scale": 1, "title": {"zh": "\u91cf", "en": "Amount"}},
        "due": {"x-kind": "date", "title": {"zh": "\u671f\u9650", "en": "Due"}},
        "cost": {"x-kind": "integer", "title": {"zh": "\u8d39\u7528", "en": "Cost"}}}}},
    "total": {"x-kind": "decimal", "x-scale": 1, "title": {"zh": "\u5408\u8ba1", "en": "Total"}},
    "late": {"x-kind": "integer", "title": {"zh": "\u903e\u671f", "en": "Late"}}}},
  "states": {"open": {"zh": "\u5f00\u653e", "en": "Open"}},
  "logic": [{"set": "total", "value": "=sum(for p in parts return p.amount)"},
    {"set": "late", "value": "=count(parts[item.due < date(\"2026-01-01\")])"}]
})form";

class Ext : public RecordsTest {
 protected:
  void SetUp() override {
    RecordsTest::SetUp();
    if (IsSkipped()) return;
    deploy(json(kExtForm));
  }
  RecordId made_kit(std::string_view fields) {
    auto out = act([&](const Writing& writing) {
      return create(writing, form("kit"), json(fields), kWriteAll);
    });
    EXPECT_TRUE(out) << out.error().detail << " " << out.error().field;
    return out ? out->id : RecordId{};
  }
  Result<Written> change(RecordId id, int64_t version, std::string_view fields,
                         const access::FieldModes& modes = kWriteAll) {
    return act([&](const Writing& writing) {
      return update(writing, form("kit"), id, version, json(fields), modes);
    });
  }
  std::string names(Query query) {
    query.modes = kReadAll;
    if (query.sort == "-created_at") query.sort = "created_at";
    auto page = list(*snapshot(), form("kit"), query);
    EXPECT_TRUE(page) << page.error().detail << " " << page.error().field;
    std::string out;
    for (const Json& row : page ? page->rows : std::vector<Json>()) out += row.text_or("name", "");
    return out;
  }
  store::Rows rows(const std::string& text) {
    auto found = snapshot()->query({text});
    EXPECT_TRUE(found) << found.error().detail << " in " << text;
    return found ? std::move(*found) : store::Rows();
  }
};

TEST_P(Ext, FieldsLieInOneColumnAndAreReadAlike) {
  RecordId id = made_kit(R"({"name":"a","code":"X'1","note":"安全帽","pieces":7,"price":12.5,
    "done":true,"at":"2026-11-22T08:00:00+08:00","colors":["red"],"phone":"13812345678"})");
  EXPECT_TRUE(form("kit").find("code")->in_ext);
  EXPECT_FALSE(form("kit").find("name")->in_ext);
  Json record = *read(*snapshot(), form("kit"), id, {}, kReadAll);
  EXPECT_EQ(record["code"], Json("X'1"));
  EXPECT_EQ(record["pieces"], json("7"));
  EXPECT_EQ(record["price"], json("12.50"));
  EXPECT_EQ(record["done"], Json(true));
  EXPECT_EQ(record["at"], Json("2026-11-22T00:00:00.000Z"));
  EXPECT_EQ(record["colors"], json(R"(["red"])"));
  auto text = list_text(*snapshot(), form("kit"), {.modes = kReadAll});
  ASSERT_TRUE(text);
  EXPECT_TRUE(text->contains(R"("price":12.50,)")) << *text;
  access::FieldModes masked{
      .fallback = access::FieldMode::Read,
      .named = {{"phone", access::FieldMode::Masked}, {"code", access::FieldMode::Hidden}}};
  record = *read(*snapshot(), form("kit"), id, {}, masked);
  EXPECT_EQ(record["phone"], Json("***5678"));
  EXPECT_FALSE(record.has("code"));
  ASSERT_TRUE(change(id, 1, R"({"pieces":null,"code":"Y"})"));
  record = *read(*snapshot(), form("kit"), id, {}, kReadAll);
  EXPECT_EQ(record["pieces"], Json());
  EXPECT_EQ(record["code"], Json("Y"));
  EXPECT_EQ(record["price"], json("12.50")) << "what was not named stays";
  Json told = *history(*snapshot(), form("kit"), id, masked);
  bool has_code = false;
  for (const Json& entry : told.as_array()) has_code |= entry["field"] == Json("code");
  EXPECT_FALSE(has_code) << "a hidden field shows in no history";
}

TEST_P(Ext, FiltersSearchesAndCountsAlike) {
  made_kit(R"({"name":"a","code":"X","pieces":1,"price":2.5,"note":"安全帽"})");
  made_kit(R"({"name":"b","code":"Y","pieces":9,"done":true,"colors":["red","blue"]})");
  made_kit(R"({"name":"c","pieces":10,"done":false,"note":"防护眼镜"})");
  EXPECT_EQ(names({.filter = filter(R"(["eq","code","X"])")}), "a");
  EXPECT_EQ(names({.filter = filter(R"(["gt","pieces",5])")}), "bc") << "as numbers, not as texts";
  EXPECT_EQ(names({.filter = filter(R"(["in","code",["X","Y"]])")}), "ab");
  EXPECT_EQ(names({.filter = filter(R"(["null","code"])")}), "c");
  EXPECT_EQ(names({.filter = filter(R"(["eq","price",2.5])")}), "a");
  EXPECT_EQ(names({.filter = filter(R"(["eq","done",false])")}), "c");
  EXPECT_EQ(names({.filter = filter(R"(["contains","colors","blue"])")}), "b");
  EXPECT_EQ(names({.filter = filter(R"(["contains","note","帽"])")}), "a");
  EXPECT_EQ(names({.search = "眼镜"}), "c");
  Json counts = *count_by(*snapshot(), form("kit"), "done", {.modes = kReadAll});
  EXPECT_EQ(counts.as_array().size(), 3u);
  access::FieldModes hidden{.fallback = access::FieldMode::Read,
                            .named = {{"code", access::FieldMode::Hidden}}};
  Query sneaky{.filter = filter(R"(["eq","code","X"])"), .modes = hidden};
  EXPECT_EQ(list(*snapshot(), form("kit"), sneaky).error().code, ErrorCode::Forbidden);
}

TEST_P(Ext, APromotedFieldKeepsItsValues) {
  RecordId id = made_kit(R"({"name":"a","code":"X","pieces":4})");
  auto steps = promotion_of(form("kit"), "pieces", 100);
  ASSERT_TRUE(steps);
  for (store::SchemaStep& step : *steps) ASSERT_TRUE(take(step));
  EXPECT_EQ(form("kit").find("pieces")->column, "c_pieces");
  EXPECT_EQ((*read_whole(*snapshot(), form("kit"), id))["pieces"], json("4"));
  ASSERT_TRUE(change(id, 1, R"({"pieces":5,"code":"Z"})"));
  EXPECT_EQ(rows("SELECT c_pieces FROM f_kit")[0].int64("c_pieces"), 5);
  EXPECT_EQ((*read_whole(*snapshot(), form("kit"), id))["code"], Json("Z"));
  EXPECT_EQ(promotion_of(form("kit"), "pieces", 200).error().code, ErrorCode::BadRequest);
}

TEST_P(Ext, FourHundredFieldsFit) {
  Json properties = Json::object();
  Json filled = Json::object();
  for (int i = 0; i < 400; ++i) {
    std::string key = "f" + std::to_string(i);
    properties.set(key, json(R"({"x-kind":"integer","title":{"zh":"z","en":"F"}})"));
    filled.set(key, i);
  }
  properties.set("last", json(R"({"x-kind":"text","x-list":true,"title":{"zh":"z","en":"F"}})"));
  Json source = json(R"({"format":"anlan.form/1","id":"wide","version":1,
    "title":{"zh":"z","en":"Wide"}})");
  source.set("data", Json::object({{"type", "object"}, {"properties", std::move(properties)}}));
  deploy(source);
  auto made =
      act([&](const Writing& writing) { return create(writing, form("wide"), filled, kWriteAll); });
  ASSERT_TRUE(made) << made.error().detail;
  Json record = *read_whole(*snapshot(), form("wide"), made->id);
  for (int i = 0; i < 400; ++i) EXPECT_EQ(record["f" + std::to_string(i)], Json(i));
  EXPECT_FALSE(form("wide").find("last")->in_ext) << "what is listed has a column";
  EXPECT_TRUE(form("wide").find("f399")->in_ext);
  EXPECT_EQ(std::ranges::count(form("wide").fields, false, &Field::in_ext), 300);
  Query query{.filter = filter(R"(["eq","f399",399])"), .modes = kReadAll};
  EXPECT_EQ(list(*snapshot(), form("wide"), query)->rows.size(), 1u);
}

TEST_P(Ext, AnOldRecordKeepsItsRemovedFields) {
  RecordId id = made_kit(R"({"name":"a","code":"X","pieces":4})");
  Json source = json(kExtForm);
  Json::Object fields = source["data"]["properties"].as_object();
  std::erase_if(fields, [](const auto& one) { return one.first == "code" || one.first == "note"; });
  source.set("version", 2);
  source.set("data", Json::object({{"type", "object"}, {"properties", Json(fields)}}));
  deploy(source);
  EXPECT_TRUE(form("kit").find("code")->is_removed);
  EXPECT_EQ((*read(*snapshot(), form("kit"), id, {}, kReadAll))["code"], Json("X"));
  ASSERT_TRUE(change(id, 1, R"({"code":"Y"})")) << "its own version has the field";
  EXPECT_EQ((*read_whole(*snapshot(), form("kit"), id))["code"], Json("Y"));
  auto refused = act([&](const Writing& writing) {
    return create(writing, form("kit"), json(R"({"name":"b","code":"X"})"), kWriteAll);
  });
  EXPECT_EQ(refused.error().code, ErrorCode::UnknownField);
}

// ---- sub-forms ----

TEST_P(Ext, RowsAreCheckedAndAddedUp) {
  RecordId id = made_kit(R"({"name":"a","parts":[{"what":"bolt","amount":2.5,"due":"2025-12-31"},
    {"what":"nut","amount":1,"cost":3}]})");
  Json record = *read_whole(*snapshot(), form("kit"), id);
  EXPECT_EQ(record["total"], json("3.5"));
  EXPECT_EQ(write_json(record["late"]), "1") << write_json(record);
  EXPECT_EQ(record["parts"].as_array()[1]["what"], Json("nut"));
  auto kept = rows("SELECT ord, c_what, c_amount FROM f_kit__parts ORDER BY ord");
  ASSERT_EQ(kept.size(), 2u);
  EXPECT_EQ(kept[0].int64("c_amount"), 25);
  ASSERT_TRUE(change(id, 1, R"({"parts":[{"what":"nut","amount":4}]})"));
  kept = rows("SELECT ord, c_what, c_amount, c_due FROM f_kit__parts ORDER BY ord");
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_EQ(kept[0].text("c_what"), "nut");
  EXPECT_TRUE(kept[0].is_null("c_due"));
  ASSERT_TRUE(change(id, 2, R"({"parts":[]})"));
  EXPECT_TRUE(rows("SELECT ord FROM f_kit__parts").empty());
  auto fault = [&](std::string_view fields) { return change(id, 3, fields).error(); };
  EXPECT_EQ(fault(R"({"parts":[{"what":"a"},{"amount":1}]})").field, "parts.1.what");
  EXPECT_EQ(fault(R"({"parts":[{"what":"a","amount":1.55}]})").field, "parts.0.amount");
  EXPECT_EQ(fault(R"({"parts":[{"what":"a","x":1}]})").code, ErrorCode::UnknownField);
  EXPECT_EQ(fault(R"({"parts":[{"what":"a"},{"what":"a"},{"what":"a"},{"what":"a"}]})").field,
            "parts");
  Json told = *history(*snapshot(), form("kit"), id, kReadAll);
  int changes = 0;
  for (const Json& entry : told.as_array()) changes += entry["field"] == Json("parts");
  EXPECT_EQ(changes, 3);
}

TEST_P(Ext, RowsHideWhatTheirFieldsHide) {
  RecordId id = made_kit(R"({"name":"a","parts":[{"what":"bolt","cost":77}]})");
  access::FieldModes modes{.fallback = access::FieldMode::Write,
                           .named = {{"parts.cost", access::FieldMode::Hidden},
                                     {"parts.what", access::FieldMode::Masked}}};
  Json record = *read(*snapshot(), form("kit"), id, {}, modes);
  EXPECT_EQ(record["parts"], json(R"([{"what":"***","amount":null,"due":null}])"));
  std::string everything = *list_text(*snapshot(), form("kit"), {.modes = modes}) +
                           write_json(*history(*snapshot(), form("kit"), id, modes));
  EXPECT_FALSE(everything.contains("77"));
  EXPECT_FALSE(everything.contains("bolt"));
  EXPECT_EQ(change(id, 1, R"({"parts":[{"cost":1}]})", modes).error().code, ErrorCode::Forbidden);
  EXPECT_EQ(change(id, 1, R"({"parts":[]})", modes).error().code, ErrorCode::Forbidden);
  auto changed = change(id, 1, R"({"parts":[{"amount":2}]})", modes);
  ASSERT_TRUE(changed) << changed.error().detail;
  Json whole = *read_whole(*snapshot(), form("kit"), id);
  EXPECT_EQ(whole["parts"], json(R"([{"what":"bolt","amount":2.0,"due":null,"cost":77}])"));
}

// ---- views ----

// SQLite before 3.46 opens no database with an expression that nests deeper than about 100, and a
// call around a call for each of the sixty measures of a permit did.
TEST_P(Ext, ViewsNestNoDeeperThanOlderDatabasesRead) {
  auto permit = parse_form(json_file("packs/permits/forms/permit.json"));
  ASSERT_TRUE(permit) << permit.error().detail;
  for (const std::string& statement : view_statements(*permit, GetParam(), {})) {
    int depth = 0, deepest = 0;
    for (char c : statement) {
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      deepest = std::max(deepest, depth);
    }
    EXPECT_LE(deepest, 10) << statement.substr(0, 80);
  }
}

TEST_P(Ext, ViewsSayWhatAPersonReads) {
  made_kit(R"({"name":"a","pieces":7,"price":12.5,"done":true,"at":"2026-11-22T20:00:00Z",
    "colors":["red","blue"],"phone":"13812345678","parts":[{"what":"bolt","amount":2.5}]})");
  auto remake = [&](const ViewRules& rules) {
    std::vector<std::string> statements;
    if (GetParam() == store::Dialect::Postgres) {
      statements.push_back("CREATE SCHEMA IF NOT EXISTS bi");
    }
    std::ranges::copy(view_statements(form("kit"), GetParam(), rules),
                      std::back_inserter(statements));
    auto made = store::remake_views(*database_, statements);
    EXPECT_TRUE(made) << made.error().detail;
  };
  remake({});
  remake({});
  std::string schema = GetParam() == store::Dialect::Postgres ? "bi." : "";
  auto found = rows("SELECT * FROM " + schema + "v_kit");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].text("名称"), "a");
  EXPECT_EQ(found[0].text("状态"), "开放");
  EXPECT_EQ(found[0].text("完成"), "是");
  EXPECT_EQ(found[0].text("颜色"), "红,蓝");
  EXPECT_EQ(found[0].int64("数量"), 7);
  EXPECT_FALSE(std::ranges::contains(found.columns(), "电话")) << "personal data";
  auto english = rows("SELECT CAST(\"Price\" AS TEXT) AS price, CAST(\"At\" AS TEXT) AS at FROM " +
                      schema + "v_kit_en");
  EXPECT_EQ(std::stod(english[0].text("price")), 12.5);
  EXPECT_EQ(english[0].text("at"), "2026-11-23 04:00:00") << "in the zone of the plant";
  auto parts = rows("SELECT * FROM " + schema + "v_kit__parts_en");
  ASSERT_EQ(parts.size(), 1u);
  EXPECT_EQ(parts[0].text("What"), "bolt");
  remake({.has_personal = true});
  EXPECT_EQ(rows("SELECT \"Phone\" AS p FROM " + schema + "v_kit_en")[0].text("p"), "13812345678");
}

ON_BOTH_DATABASES(Ext);

}  // namespace
}  // namespace anlan::records
