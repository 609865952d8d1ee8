// The demo plant.

#include <algorithm>

#include "engine/execute.h"
#include "engine/import.h"

namespace anlan::engine {
namespace {

// {"login": ...} is a person, {"now": "+PT4H"} an instant; anywhere inside a row.
Result<Json> resolve_seed(store::View& view, const Json& value, Instant now) {
  if (value.is_array()) {
    Json out = Json::array();
    for (const Json& item : value.as_array()) {
      Json one = TRY(resolve_seed(view, item, now));
      out.push(std::move(one));
    }
    return out;
  }
  if (!value.is_object()) return value;
  if (value.has("now")) {
    std::string text = value.text_or("now", "");
    bool is_earlier = text.starts_with('-');
    auto length = TRY(parse_duration(text.starts_with('+') || is_earlier ? text.substr(1) : text));
    return Json(format_instant(is_earlier ? now - length : now + length));
  }
  if (value.has("login") && value.as_object().size() == 1) {
    auto person = TRY(access::find_login(view, value.text_or("login", "")));
    if (!person) return refuse(ErrorCode::BadPack, "the seed names an unknown login");
    return Json(person->id.text());
  }
  Json out = Json::object();
  for (const Json::Member& member : value.as_object()) {
    Json one = TRY(resolve_seed(view, member.second, now));
    out.set(member.first, std::move(one));
  }
  return out;
}

records::FileInfo file_info(const Json& file) {
  return {.sha256 = file.text_or("sha256", ""),
          .kind = file.text_or("kind", ""),
          .bytes = file.int_or("bytes", 0),
          .width = file.int_or("width", 0),
          .height = file.int_or("height", 0)};
}

void names_of_files(const Json& value, std::vector<std::string>& out) {
  if (value.is_array()) {
    for (const Json& item : value.as_array()) names_of_files(item, out);
  } else if (value.is_object() && value.has("sha256")) {
    out.push_back(value.text_or("sha256", ""));
  } else if (value.is_object()) {
    for (const Json::Member& member : value.as_object()) names_of_files(member.second, out);
  }
}

}  // namespace

// What follows is done with the rights of the one who does it.
Result<void> Execution::as_login(const std::string& login,
                                 const std::function<Result<void>()>& act) {
  auto person = TRY(access::find_login(transaction_, login));
  if (!person) return refuse(ErrorCode::BadPack, "the seed names an unknown login");
  Command command{.by = TRY(access::subject_of(transaction_, person->id)), .what = {}};
  const Command* before = command_;
  command_ = &command;
  auto done = act();
  command_ = before;
  return done;
}

// The pictures that a row names were brought by who makes the row.
Result<void> Execution::seed_files(const Json& fields) {
  std::vector<std::string> names;
  names_of_files(fields, names);
  for (const Json& file : seed_files_.as_array()) {
    records::FileInfo info = file_info(file);
    if (std::ranges::find(names, info.sha256) == names.end()) continue;
    TRY(execute(RegisterFile{.file = std::move(info)}));
  }
  return {};
}

// A row may say who makes it and which tasks are done then.
Result<void> Execution::seed_record(const records::Form& form, const std::string& admin,
                                    const Json& row) {
  RecordId id{};
  Json fields = row;
  fields.remove("by");
  fields.remove("complete");
  TRY(as_login(row.text_or("by", admin), [&]() -> Result<void> {
    Json resolved = TRY(resolve_seed(transaction_, fields, around_.now));
    resolved = TRY(resolve_codes(transaction_, around_.packs.forms, form, resolved));
    TRY(seed_files(resolved));
    id = TRY(create_one(form, resolved, std::nullopt));
    return {};
  }));
  if (!row["complete"].is_array()) return {};
  for (const Json& step : row["complete"].as_array()) {
    TRY(as_login(step.text_or("login", ""), [&]() -> Result<void> {
      for (const flow::RosterEntry& task : TRY(flow::roster(transaction_, form.id, id))) {
        bool is_open = task.state == "open" || task.state == "claimed";
        if (task.node != step.text_or("node", "") || !is_open) continue;
        Json given = TRY(resolve_seed(transaction_, step["fields"], around_.now));
        TRY(seed_files(given));
        CompleteTask what{.task = task.id,
                          .outcome = step.text_or("outcome", ""),
                          .comment = step.text_or("comment", ""),
                          .fields = std::move(given)};
        TRY(execute(what));
        return {};
      }
      return refuse(ErrorCode::BadPack, "the seed completes a task that is not open",
                    step.text_or("node", ""));
    }));
  }
  return {};
}

Result<Json> Execution::execute(const SeedPlant& what) {
  TRY(must_be_empty());
  is_seeding_ = true;
  if (what.seed["files"].is_array()) seed_files_ = what.seed["files"];
  TRY(write_setting("plant_name", what.seed["plant"]));
  TRY(write_setting("demo", what.seed["show"]));
  for (const Json& unit : what.seed["units"].as_array()) TRY(create_unit(unit));
  for (const Json& person : what.seed["people"].as_array()) {
    Json row = person;
    row.set("must_change_password", false);
    TRY(create_person(row, what.password_hash));
  }
  // The last person is the administrator: master data is created with that person's rights.
  std::string admin = what.seed["people"].as_array().back().text_or("login", "");
  for (const Json& records : what.seed["records"].as_array()) {
    const records::Form* form = TRY(form_of(records.text_or("form", "")));
    for (const Json& row : records["rows"].as_array()) TRY(seed_record(*form, admin, row));
  }
  return Json::object();
}

}  // namespace anlan::engine
