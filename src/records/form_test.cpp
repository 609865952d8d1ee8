#include "records/form.h"

#include <utility>

#include "records/records_fixture.h"
#include "records/values.h"

namespace anlan::records {
namespace {

Json sample_source() { return json(kSampleForm); }

// Puts `value` at a path of names; a number steps into a list.
void put(Json& root, std::vector<std::string> path, Json value) {
  Json* at = &root;
  for (const std::string& name : path) {
    if (at->is_array()) {
      at = &at->as_array()[static_cast<std::size_t>(std::stoi(name))];
      continue;
    }
    if (!at->has(name)) at->set(name, Json());
    for (auto& [key, member] : at->as_object()) {
      if (key == name) at = &member;
    }
  }
  *at = std::move(value);
}

TEST(Forms, OfThePacksAreRead) {
  for (const char* path : {"packs/hazards/forms/hazard.json", "packs/plant/forms/area.json",
                           "packs/plant/forms/device.json"}) {
    auto form = parse_form(json_file(path));
    ASSERT_TRUE(form) << path << form.error().detail;
  }
  auto hazard = parse_form(json_file("packs/hazards/forms/hazard.json"));
  EXPECT_EQ(hazard->serial, "YH");
  EXPECT_EQ(hazard->flow, "hazard_loop");
  EXPECT_EQ(hazard->states[0].first, "reported");
  const Field& photos = *hazard->find("photos");
  EXPECT_TRUE(photos.is_required);
  EXPECT_EQ(photos.items_min, 1u);
  EXPECT_EQ(photos.items_max, 6u);
  EXPECT_EQ(hazard->find("fund")->scale, 2);
  EXPECT_EQ(hazard->find("area")->ref_form, "area");
  EXPECT_EQ(hazard->find("level")->choices[0].second.zh, "重大");
  EXPECT_EQ(hazard->checks[0].message.zh, "后果为群死群伤且有人作业时,必须先停止作业");
}

TEST(Forms, WithATypingErrorAreRefusedByTheNameOfTheMember) {
  struct Case {
    std::vector<std::string> path;
    Json value;
    std::string named;
  };
  const std::vector<Case> cases{
      {{"titel"}, "x", "form.titel"},
      {{"format"}, "anlan.form/2", "format"},
      {{"id"}, "Sample", "id"},
      {{"id"}, "a; drop", "id"},
      {{"version"}, 0, "version"},
      {{"title"}, Json::object({{"zh", "样"}}), "title"},
      {{"serial"}, "yb", "serial"},
      {{"org_field"}, "note", "org_field"},
      {{"data", "requierd"}, Json::array(), "data.requierd"},
      {{"data", "required"}, Json::array({"nothing"}), "data.required"},
      {{"data", "properties", "id"}, Json::object(), "data.properties.id"},
      {{"data", "properties", "a-b"}, Json::object(), "data.properties.a-b"},
      {{"data", "properties", "note", "x-kind"}, "txt", "data.properties.note.x-kind"},
      {{"data", "properties", "note", "maxLenght"}, 3, "data.properties.note.maxLenght"},
      {{"data", "properties", "note", "x-scale"}, 3, "data.properties.note.x-scale"},
      {{"data", "properties", "note", "maxLength"}, 1e6, "data.properties.note.maxLength"},
      {{"data", "properties", "note", "minLength"}, 5000, "data.properties.note.minLength"},
      {{"data", "properties", "note", "x-list"}, "yes", "data.properties.note.x-list"},
      {{"data", "properties", "note", "pattern"}, "[", "data.properties.note.pattern"},
      {{"data", "properties", "count", "maximum"}, "9", "data.properties.count.maximum"},
      {{"data", "properties", "count", "minimum"}, 11, "data.properties.count.minimum"},
      {{"data", "properties", "money", "x-scale"}, Json(), "data.properties.money.x-scale"},
      {{"data", "properties", "money", "minimum"}, 0.001, "data.properties.money.minimum"},
      {{"data", "properties", "color", "enum"}, Json::array(), "data.properties.color.enum"},
      {{"data", "properties", "color", "x-texts", "pink"},
       Json::object(),
       "data.properties.color.x-texts.pink"},
      {{"data", "properties", "area", "x-ref"}, 1, "data.properties.area.x-ref"},
      {{"data", "properties", "phone", "x-pii"}, true, "data.properties.phone.x-pii"},
      {{"data", "properties", "phone", "x-search"}, true, "data.properties.phone.x-search"},
      {{"states", "Open"}, Json::object(), "states.Open"},
      {{"logic", "0", "set"}, "nothing", "logic.0.set"},
      {{"logic", "0", "value"}, "count * 2", "logic.0.value"},
      {{"logic", "0", "value"}, "=count *", "logic.0.value"},
      {{"logic", "0", "value"}, "=cuont * 2", "logic.0.value"},
      {{"logic", "0", "show"}, "count", "logic.0.show"},
      {{"checks", "0", "when"}, "=if", "checks.0.when"},
      {{"checks", "0", "field"}, "nothing", "checks.0.field"},
      {{"checks", "0", "message"}, "text", "checks.0.message"},
  };
  ASSERT_TRUE(parse_form(sample_source())) << parse_form(sample_source()).error().detail;
  for (const Case& one : cases) {
    Json source = sample_source();
    put(source, one.path, one.value);
    auto form = parse_form(source);
    ASSERT_FALSE(form) << one.named;
    EXPECT_EQ(form.error().code, ErrorCode::BadPack) << one.named;
    EXPECT_EQ(form.error().field, one.named) << form.error().detail;
  }
}

TEST(Forms, KeepEveryVersion) {
  Forms forms;
  Json source = sample_source();
  ASSERT_TRUE(forms.add(*parse_form(source)));
  EXPECT_TRUE(forms.add(*parse_form(source))) << "the same again changes nothing";
  put(source, {"serial"}, "XX");
  EXPECT_EQ(forms.add(*parse_form(source)).error().code, ErrorCode::Duplicate);
  put(source, {"version"}, 2);
  ASSERT_TRUE(forms.add(*parse_form(source)));
  EXPECT_EQ(forms.find("sample")->serial, "XX");
  EXPECT_EQ(forms.find("sample", 1)->serial, "YB");
  EXPECT_EQ(forms.find("sample", 3), nullptr);
  EXPECT_EQ(forms.find("other"), nullptr);
  EXPECT_EQ(forms.all().size(), 1u);
}

// Statements and copies of the second version, one behind the other.
std::string steps_text(const Json& source, const Form& before, bool is_large = false) {
  auto form = parse_form(source);
  EXPECT_TRUE(form) << form.error().detail;
  auto steps = steps_of(*form, &before, is_large);
  EXPECT_TRUE(steps) << steps.error().detail;
  std::string text;
  for (const auto& step : *steps) {
    text += step.kind + " " + step.subject;
    if (step.kind == kRunStep || step.kind == kIndexStep) text += step.statement;
    text += "\n";
  }
  return text;
}

TEST(Steps, OnlyAdd) {
  Form before = *parse_form(sample_source());
  auto refused = [&](std::vector<std::string> path, Json value) {
    Json source = sample_source();
    put(source, {"version"}, 2);
    put(source, std::move(path), std::move(value));
    auto form = parse_form(source);
    EXPECT_TRUE(form) << form.error().detail;
    auto steps = steps_of(*form, &before, false);
    EXPECT_FALSE(steps);
    return steps ? Error{} : steps.error();
  };
  EXPECT_EQ(refused({"data", "properties", "area", "x-ref"}, "device").field, "area");
  EXPECT_EQ(refused({"data", "properties", "secret", "x-unique"}, true).field, "secret");
  EXPECT_EQ(refused({"data", "properties", "secret", "x-search"}, true).field, "secret");
  EXPECT_EQ(refused({"version"}, 1).code, ErrorCode::BadPack);

  Json source = sample_source();
  put(source, {"version"}, 2);
  Json::Object fields = source["data"]["properties"].as_object();
  std::erase_if(fields, [](const auto& field) { return field.first == "secret"; });
  put(source, {"data", "properties"}, Json(fields));
  EXPECT_EQ(steps_text(source, before), "deploy \n") << "a removed field is only hidden";
}

TEST(Steps, ChangeAKindInAColumnOfItsOwn) {
  Form before = *parse_form(sample_source());
  Json source = sample_source();
  put(source, {"version"}, 2);
  put(source, {"data", "properties", "money", "x-scale"}, 3);
  EXPECT_EQ(steps_text(source, before),
            "run ALTER TABLE f_sample ADD COLUMN c_money__2 {{int}}\ncopy money\ndeploy \n");
}

TEST(Steps, PutNewFieldsOfALargeTableIntoExt) {
  Form before = *parse_form(sample_source());
  Json source = sample_source();
  put(source, {"version"}, 2);
  put(source, {"data", "properties", "plain"},
      json(R"({"x-kind":"text","title":{"zh":"z","en":"P"}})"));
  EXPECT_EQ(steps_text(source, before, true), "deploy \n");
  put(source, {"data", "properties", "plain", "x-index"}, true);
  EXPECT_EQ(steps_text(source, before, true),
            "run ALTER TABLE f_sample ADD COLUMN c_plain {{text}}\ndeploy \n"
            "index f_sample_i_plainCREATE INDEX f_sample_i_plain ON f_sample (c_plain, id)\n");
}

TEST(Conversions, LoseNothing) {
  Field text{.key = "a", .kind = FieldKind::Text, .chars_max = 40};
  Field whole{.key = "a", .kind = FieldKind::Integer, .maximum = 100};
  Field money{.key = "a", .kind = FieldKind::Decimal, .scale = 2};
  Field day{.key = "a", .kind = FieldKind::Date};
  EXPECT_EQ(converted(text, whole, Json(" 12 ")), json("12"));
  EXPECT_EQ(converted(text, whole, Json("101")), std::nullopt) << "beyond the field's bound";
  EXPECT_EQ(converted(text, whole, Json("12.5")), std::nullopt);
  EXPECT_EQ(converted(text, whole, Json("a lot")), std::nullopt);
  EXPECT_EQ(converted(text, money, Json("12.5")), json("12.50"));
  EXPECT_EQ(converted(money, whole, json("12.00")), json("12"));
  EXPECT_EQ(converted(money, whole, json("12.50")), std::nullopt);
  EXPECT_EQ(converted(whole, text, json("7")), Json("7"));
  EXPECT_EQ(converted(text, day, Json("2026-11-22")), Json("2026-11-22"));
  EXPECT_EQ(converted(text, day, Json("22.11.2026")), std::nullopt);
  EXPECT_EQ(converted(day, text, Json("2026-11-22")), Json("2026-11-22"));
  EXPECT_EQ(converted(whole, money, Json()), Json());
}

TEST(Decimals, AreScaledWithoutLosingADigit) {
  EXPECT_EQ(scaled_of("12.5", 2), 1250);
  EXPECT_EQ(scaled_of("-0.05", 2), -5);
  EXPECT_EQ(scaled_of("1.5e1", 0), 15);
  EXPECT_EQ(scaled_of("0.005", 2), std::nullopt);
  EXPECT_EQ(scaled_of("1e400", 2), std::nullopt);
  EXPECT_EQ(scaled_of("92233720368547758.07", 2), INT64_MAX);
  EXPECT_EQ(scaled_of("92233720368547758.08", 2), std::nullopt);
  EXPECT_EQ(unscaled_text(1250, 2), "12.50");
  EXPECT_EQ(unscaled_text(-5, 2), "-0.05");
  EXPECT_EQ(unscaled_text(0, 3), "0.000");
  EXPECT_EQ(unscaled_text(INT64_MIN, 0), "-9223372036854775808");
}

TEST(Masks, KeepTheEndOfATelephoneNumberOnly) {
  EXPECT_EQ(masked(Json("13812345678")), Json("***5678"));
  EXPECT_EQ(masked(Json("+86 138-1234-5678")), Json("***5678"));
  EXPECT_EQ(masked(Json("123456")), Json("***"));
  EXPECT_EQ(masked(Json("张三 13812345678")), Json("***"));
  EXPECT_EQ(masked(Json("11010119900101123X")), Json("***"));
  EXPECT_EQ(masked(Json(13812345678)), Json("***"));
  EXPECT_EQ(masked(Json()), Json());
}

}  // namespace
}  // namespace anlan::records
