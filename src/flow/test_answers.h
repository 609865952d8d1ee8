#pragma once
// For text cases: what the engine would know, given as JSON: counts, doubt, who is on duty or
// away, which new records it would refuse.

#include <string>

#include "flow/test_world.h"

namespace anlan::flow {

inline PersonId person_in(const Json& id) {
  return id.is_text() ? need(PersonId::parse(id.as_text())) : PersonId{};
}

// {"FORM FILTER": n}
inline void answer_count(Answers& answers, const Json& value) {
  answers.count = [value](const CountAsk& ask) -> Result<int64_t> {
    return value.int_or(ask.form + " " + write_json(ask.where), -1);
  };
}

// {"needs": field}: a record without it is refused.
inline void answer_create(Answers& answers, const Json& value) {
  answers.can_create = [value](std::string_view, const Json& fields) -> Result<void> {
    std::string lacking = value.text_or("needs", "");
    if (lacking.empty() || fields.has(lacking)) return {};
    return refuse(ErrorCode::MissingField, "lacks " + lacking, lacking);
  };
}

// {"is": bool}
inline void answer_doubt(Answers& answers, const Json& value) {
  bool is_doubtful = value.bool_or("is", false);
  answers.is_doubtful = [is_doubtful](std::string_view, RecordId) -> Result<bool> {
    return is_doubtful;
  };
}

// {role: [people]}
inline void answer_duty(Answers& answers, const Json& value) {
  answers.on_duty = [value](std::string_view role,
                            std::string_view) -> Result<std::vector<PersonId>> {
    std::vector<PersonId> people;
    if (!value[role].is_array()) return people;
    for (const Json& one : value[role].as_array()) people.push_back(person_in(one));
    return people;
  };
}

// {person: deputy or null}
inline void answer_away(Answers& answers, const Json& value) {
  answers.away = [value]() -> Result<std::vector<Away>> {
    std::vector<Away> away;
    for (const auto& [who, deputy] : value.as_object()) {
      away.push_back({person_in(Json(who)), person_in(deputy)});
    }
    return away;
  };
}

// {guard: {"refuse": CODE, "field": ...} or {"say": ...}}; others pass and say nothing. What a
// guard sees of the act stands in what it says where "say" is "seen".
inline void answer_guard(Answers& answers, const Json& value) {
  answers.guard = [value](const GuardAsk& ask) -> Result<Json> {
    const Json& one = value[ask.name];
    if (one.text_or("refuse", "") == "people_inside") {
      return refuse(ErrorCode::PeopleInside, "", one.text_or("field", ""));
    }
    if (one["say"] != Json("seen")) return one["say"];
    return Json::object({{"by", ask.by.text()},
                         {"node", ask.node},
                         {"outcome", ask.outcome},
                         {"comment", ask.comment},
                         {"lel", ask.record["lel"]}});
  };
}

// {"tank":{"T1":{...}}}: records by form and key; wang of WS1 asks.
class TestRecords final : public rules::Host {
 public:
  explicit TestRecords(Json records) : records_(std::move(records)) {}

  rules::Value caller(std::string_view name) const override {
    if (name == "user") return rules::Context{{"name", rules::Value("wang")}};
    return rules::Context{{"code", rules::Value("WS1")}};
  }
  Result<rules::Outcome> decide(std::string_view, const rules::Context&,
                                const rules::Environment&) const override {
    return refuse(ErrorCode::NotFound);  // a case asks its own library
  }
  Result<rules::Value> look_up(std::string_view form, const rules::Value& key) const override {
    const Json& found = records_[form][rules::text_of(key)];
    if (found.is_null()) return refuse(ErrorCode::NotFound);
    return rules::value_from_json(found);
  }

 private:
  Json records_;
};

inline void set_answer(Answers& answers, const std::string& what, const Json& value) {
  if (what == "count") return answer_count(answers, value);
  if (what == "create") return answer_create(answers, value);
  if (what == "doubt") return answer_doubt(answers, value);
  if (what == "duty") return answer_duty(answers, value);
  if (what == "away") return answer_away(answers, value);
  if (what == "guard") return answer_guard(answers, value);
  if (what == "records") {
    answers.host = std::make_shared<const TestRecords>(value);
    return;
  }
  std::cerr << "no answer is called " << what << "\n";
  std::abort();
}

}  // namespace anlan::flow
