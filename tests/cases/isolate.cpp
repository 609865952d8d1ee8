#include "tests/cases/isolate.h"

#include "engine/permit_rules.h"

namespace anlan::test {
namespace {

constexpr const char* kFirst = "safety3";
constexpr const char* kSecond = "safety4";

// The open task of an isolation, by whoever may do it.
Result<void> press(Plant& plant, const access::Subject& by, const Json& isolation,
                   const char* outcome) {
  Json tasks = TRY(plant.engine().tasks(by));
  for (const Json& task : tasks["rows"].as_array()) {
    if (task["record_id"] != isolation) continue;
    TaskId id = TRY(TaskId::parse(task.text_or("id", "")));
    TRY(plant.run(by, engine::CompleteTask{.task = id, .outcome = outcome}));
    return {};
  }
  return refuse(ErrorCode::NotFound, std::string("nothing to do: ") + outcome);
}

}  // namespace

Result<void> isolate(Plant& plant, RecordId permit) {
  access::Subject first = TRY(plant.as(kFirst));
  access::Subject second = TRY(plant.as(kSecond));
  Json answer = TRY(plant.engine().record(first, "permit", permit));
  Json rules = TRY(engine::permit_preview(plant.engine(), first, answer["record"]));
  int64_t count = 0;
  for (const Json& line : rules["isolations"].as_array()) {
    for (int64_t row = 0; row < line.int_or("rows_min", 1); ++row) {
      Json fields = Json::object({{"permit", permit.text()},
                                  {"type", line["types"].as_array().back()},
                                  {"tag_no", permit.text() + "-" + std::to_string(++count)},
                                  {"place", "现场"}});
      Json made = TRY(plant.run(
          first, engine::CreateRecord{.form = "permit_isolation", .fields = std::move(fields)}));
      Json id = made["record"]["id"];
      TRY(press(plant, first, id, "applied"));
      TRY(press(plant, second, id, "verified"));
    }
  }
  return {};
}

Result<void> unisolate(Plant& plant, RecordId permit) {
  access::Subject first = TRY(plant.as(kFirst));
  Filter own{.kind = Filter::Kind::Eq, .field = "permit", .values = {Json(permit.text())}};
  Json rows = TRY(plant.engine().list_records(first, "permit_isolation", {.filter = own}));
  for (const Json& row : rows["rows"].as_array()) {
    bool is_own = row["applied_by"] == Json(first.person.text());
    if (is_own && row["state"] == Json("verified")) TRY(press(plant, first, row["id"], "removed"));
  }
  return {};
}

}  // namespace anlan::test
