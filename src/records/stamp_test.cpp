// Rows that name people, and what the server stamps in them.

#include <gtest/gtest.h>

#include "records/records_fixture.h"

namespace anlan::records {
namespace {

constexpr std::string_view kForm = R"form({
  "format": "anlan.form/1", "id": "sample", "version": 2, "title": {"zh": "z", "en": "Sample"},
  "data": {"type": "object", "properties": {
    "name_zh": {"x-kind": "text", "title": {"zh": "z", "en": "N"}},
    "measures": {"x-kind": "subform", "title": {"zh": "z", "en": "Measures"},
      "items": {"type": "object", "required": ["key"], "properties": {
        "key": {"x-kind": "text", "title": {"zh": "z", "en": "Key"}},
        "text": {"x-kind": "text", "title": {"zh": "z", "en": "Text"}},
        "is_done": {"x-kind": "boolean", "title": {"zh": "z", "en": "Done"}},
        "helper": {"x-kind": "person", "title": {"zh": "z", "en": "Helper"}},
        "done_by": {"x-kind": "person", "x-stamp": {"of": "is_done", "as": "person"},
          "title": {"zh": "z", "en": "By"}},
        "done_at": {"x-kind": "instant", "x-stamp": {"of": "is_done", "as": "instant"},
          "title": {"zh": "z", "en": "At"}}}}}}}
})form";

class Stamps : public RecordsTest {
 protected:
  void SetUp() override {
    RecordsTest::SetUp();
    if (IsSkipped()) return;
    Json source = json(kForm);
    source.set("id", "job");
    source.set("version", 1);
    deploy(source);
    actor_ = {.kind = Actor::Kind::Person, .person = zhang_};
  }

  Result<Written> make(std::string_view rows) {
    return try_create("job", Json::object({{"measures", json(rows)}}));
  }
  Result<Written> change(const Written& before, std::string_view rows,
                         const access::FieldModes& modes = kWriteAll) {
    return act([&](const Writing& w) {
      int64_t version = *before.record["version"].as_int64();
      return update(w, form("job"), before.id, version, Json::object({{"measures", json(rows)}}),
                    modes);
    });
  }
  Written need(Result<Written> written) {
    EXPECT_TRUE(written) << written.error().detail << " " << written.error().field;
    return std::move(*written);
  }
  static void expect_refused(const Result<Written>& done, ErrorCode code, std::string_view field) {
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, code);
    EXPECT_EQ(done.error().field, field);
  }
  std::string now() { return format_instant(clock_.now()); }
};

TEST_P(Stamps, AreWrittenWhenTheMarkTurnsTrueAndClearedWhenItTurnsFalse) {
  Written made = need(make(R"([{"key":"a","text":"x"},{"key":"b","is_done":true}])"));
  EXPECT_TRUE(made.record["measures"].as_array()[0]["done_by"].is_null());
  EXPECT_EQ(made.record["measures"].as_array()[1]["done_by"], Json(zhang_.text()));
  EXPECT_EQ(made.record["measures"].as_array()[1]["done_at"], Json(now()));

  Json first_at = made.record["measures"].as_array()[1]["done_at"];
  actor_.person = li_;
  Written done =
      need(change(made, R"([{"key":"a","text":"x","is_done":true},{"key":"b","is_done":true}])"));
  EXPECT_EQ(done.record["measures"].as_array()[0]["done_by"], Json(li_.text()));
  EXPECT_EQ(done.record["measures"].as_array()[0]["done_at"], Json(now()));
  EXPECT_EQ(done.record["measures"].as_array()[1]["done_by"], Json(zhang_.text()));
  EXPECT_EQ(done.record["measures"].as_array()[1]["done_at"], first_at);

  Written undone = need(change(done, R"([{"key":"a","text":"x","is_done":false},
      {"key":"b","is_done":true}])"));
  EXPECT_TRUE(undone.record["measures"].as_array()[0]["done_by"].is_null());
  EXPECT_TRUE(undone.record["measures"].as_array()[0]["done_at"].is_null());
}

TEST_P(Stamps, IgnoreWhatAClientSaysOfWhoAndWhen) {
  std::string rows = R"([{"key":"a","is_done":true,"done_at":"2020-01-01T00:00:00Z","done_by":")" +
                     li_.text() + R"("},{"key":"b","done_by":")" + li_.text() + R"("}])";
  Written made = need(make(rows));
  EXPECT_EQ(made.record["measures"].as_array()[0]["done_by"], Json(zhang_.text()));
  EXPECT_EQ(made.record["measures"].as_array()[0]["done_at"], Json(now()));
  EXPECT_TRUE(made.record["measures"].as_array()[1]["done_by"].is_null());
  Written same = need(change(made, rows));
  EXPECT_EQ(same.record["measures"], made.record["measures"]);
}

TEST_P(Stamps, FollowTheirRowByItsKey) {
  Written made = need(make(R"([{"key":"a","is_done":true},{"key":"b"}])"));
  actor_.person = li_;
  Written turned = need(change(made, R"([{"key":"b","is_done":true},{"key":"a","is_done":true}])"));
  EXPECT_EQ(turned.record["measures"].as_array()[0]["done_by"], Json(li_.text()));
  EXPECT_EQ(turned.record["measures"].as_array()[1]["done_by"], Json(zhang_.text()));
}

TEST_P(Stamps, KeepAStampedRowAsItWas) {
  Written made = need(make(R"([{"key":"a","text":"x","is_done":true},{"key":"b"}])"));
  expect_refused(change(made, R"([{"key":"a","text":"y","is_done":true},{"key":"b"}])"),
                 ErrorCode::Forbidden, "measures.0");
  expect_refused(change(made, R"([{"key":"b"}])"), ErrorCode::Forbidden, "measures.0");
  expect_refused(change(made, "[]"), ErrorCode::Forbidden, "measures.0");
  // Its mark taken back, it may be said anew, by whoever does.
  Written anew = need(change(made, R"([{"key":"a","text":"y","is_done":false},{"key":"b"}])"));
  EXPECT_EQ(anew.record["measures"].as_array()[0]["text"], Json("y"));
  // A row that is not stamped may go.
  need(change(anew, R"([{"key":"a","text":"y"}])"));
}

TEST_P(Stamps, HoldForWhoMayWriteTheMarkOnly) {
  Written made = need(make(R"([{"key":"a","text":"x"},{"key":"b","text":"y"}])"));
  access::FieldModes modes = kReadAll;
  modes.named["measures"] = access::FieldMode::Write;
  modes.named["measures.key"] = access::FieldMode::Read;
  modes.named["measures.text"] = access::FieldMode::Read;
  Written done = need(change(made, R"([{"is_done":true},{}])", modes));
  EXPECT_EQ(done.record["measures"].as_array()[0]["done_by"], Json(zhang_.text()));
  EXPECT_EQ(done.record["measures"].as_array()[0]["text"], Json("x"));
  EXPECT_TRUE(done.record["measures"].as_array()[1]["done_by"].is_null());
}

TEST_P(Stamps, OfAFlowMayBeMadeAnew) {
  Written made = need(make(R"([{"key":"a","is_done":true},{"key":"b"}])"));
  auto flowed = act([&](const Writing& w) {
    return patch_by_flow(w, form("job"), made.id,
                         json(R"({"measures":[{"key":"c"},{"key":"a","is_done":true}]})"));
  });
  Written anew = need(std::move(flowed));
  EXPECT_EQ(anew.record["measures"].as_array()[1]["done_by"], Json(zhang_.text()));
  EXPECT_TRUE(anew.record["measures"].as_array()[0]["done_by"].is_null());
}

TEST_P(Stamps, WantEachKeyOnce) {
  expect_refused(make(R"([{"key":"a"},{"key":"a"}])"), ErrorCode::Duplicate, "measures.1.key");
}

TEST_P(Stamps, NamePeopleOfThePlantOnly) {
  PersonId nobody = ids_.next_id<PersonKind>();
  expect_refused(make(R"([{"key":"a"},{"key":"b","helper":")" + nobody.text() + R"("}])"),
                 ErrorCode::BadField, "measures.1.helper");
  expect_refused(make(R"([{"key":"a","helper":"somebody"}])"), ErrorCode::BadField,
                 "measures.0.helper");
  Written made = need(make(R"([{"key":"a","helper":")" + li_.text() + R"("}])"));
  auto shown = shown_record(*snapshot(), form("job"), made.record, kReadAll);
  ASSERT_TRUE(shown);
  EXPECT_EQ((*shown)["_titles"]["measures.0.helper"]["zh"], Json("李四"));
}

TEST_P(Stamps, AreRefusedWhereTheyMeanNothing) {
  auto fault_of = [](std::string_view from, std::string_view to) {
    std::string text(kForm);
    std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos);
    text.replace(at, from.size(), to);
    auto form = parse_form(json(text));
    return form ? std::string() : form.error().field;
  };
  EXPECT_EQ(fault_of(R"("of": "is_done", "as": "person")", R"("of": "text", "as": "person")"),
            "data.properties.measures.items.done_by");
  EXPECT_EQ(fault_of(R"("as": "instant")", R"("as": "person")"),
            "data.properties.measures.items.properties.done_at");
  EXPECT_EQ(fault_of(R"("required": ["key"])", R"("required": ["key", "done_at"])"),
            "data.properties.measures.items.done_at");
  EXPECT_EQ(
      fault_of(R"("name_zh": {"x-kind": "text",)",
               R"("name_zh": {"x-kind": "instant", "x-stamp": {"of": "a", "as": "instant"},)"),
      "data.properties.name_zh.x-stamp");
}

ON_BOTH_DATABASES(Stamps);

}  // namespace
}  // namespace anlan::records
