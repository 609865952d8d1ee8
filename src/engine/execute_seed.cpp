// The demo plant.

#include <algorithm>

#include "engine/execute.h"
#include "engine/import.h"

namespace anlan::engine {
namespace {

constexpr std::size_t kDayChars = 10;  // 2026-11-21

// What the words of a seed stand for.
struct SeedWords {
  store::View& view;
  const std::map<std::string, RecordId>& names;
  Instant now;
  int64_t place = 0;  // of the row among those that are filled in alike
};

// {"now": "-PT8M", "step": "PT10S"}: an instant, a step later for each row.
Result<Json> seed_instant(const SeedWords& words, const Json& value) {
  std::string text = value.text_or("now", "");
  bool is_earlier = text.starts_with('-');
  auto length = TRY(parse_duration(text.starts_with('+') || is_earlier ? text.substr(1) : text));
  auto step = TRY(parse_duration(value.text_or("step", "PT0S")));
  Instant at = is_earlier ? words.now - length : words.now + length;
  return Json(format_instant(at + Duration{step.ns * words.place}));
}

// A word that stands for something; null for what is an object of its own.
Result<Json> seed_word(const SeedWords& words, const Json& value) {
  if (value.has("now")) return seed_instant(words, value);
  if (value.as_object().size() != 1) return Json();
  if (auto days = value["day"].as_int64()) {
    return Json(format_instant(words.now + Duration::days(*days)).substr(0, kDayChars));
  }
  if (value.has("login")) {
    auto person = TRY(access::find_login(words.view, value.text_or("login", "")));
    if (!person) return refuse(ErrorCode::BadPack, "the seed names an unknown login");
    return Json(person->id.text());
  }
  if (!value.has("ref")) return Json();
  std::string name = value.text_or("ref", "");
  auto known = words.names.find(name);
  if (known == words.names.end()) {
    return refuse(ErrorCode::BadPack, "the seed refers to an unknown row", name);
  }
  return Json(known->second.text());
}

// {"login": ...} is a person, {"now": "+PT4H"} an instant, {"day": 30} a date, {"ref": name} the
// row of that name; anywhere inside a row.
Result<Json> resolve_seed(const SeedWords& words, const Json& value) {
  if (value.is_array()) {
    Json out = Json::array();
    for (const Json& item : value.as_array()) {
      Json one = TRY(resolve_seed(words, item));
      out.push(std::move(one));
    }
    return out;
  }
  if (!value.is_object()) return value;
  Json word = TRY(seed_word(words, value));
  if (!word.is_null()) return word;
  Json out = Json::object();
  for (const Json::Member& member : value.as_object()) {
    Json one = TRY(resolve_seed(words, member.second));
    out.set(member.first, std::move(one));
  }
  return out;
}

// A time for each line of a text, a second apart, the last of them at this one.
std::string times_of(const Json& lines, const Json& last) {
  auto at = parse_instant(last.is_text() ? last.as_text() : "");
  if (!lines.is_text() || lines.as_text().empty() || !at) return {};
  std::string out;
  for (auto left = std::ranges::count(lines.as_text(), '\n'); left >= 0; --left) {
    if (!out.empty()) out += '\n';
    out += format_instant(*at - Duration::seconds(left));
  }
  return out;
}

// The rows that the record has, each with these members; {"times_of": member} is a time for each
// line of that member of the row, the last at its `device_at`.
Result<Json> rows_with(SeedWords words, const Json& rows, const Json& members) {
  Json out = Json::array();
  if (!rows.is_array()) return out;
  for (const Json& row : rows.as_array()) {
    Json filled = row;
    Json added = TRY(resolve_seed(words, members));
    for (const Json::Member& member : added.as_object()) filled.set(member.first, member.second);
    for (const Json::Member& member : members.as_object()) {
      if (!member.second.has("times_of")) continue;
      const Json& lines = row[member.second.text_or("times_of", "")];
      std::string times = times_of(lines, filled["device_at"]);
      filled.set(member.first, times.empty() ? Json() : Json(times));
    }
    out.push(std::move(filled));
    ++words.place;
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

// A row may say who makes it, what others call it, and what is done then.
Result<void> Execution::seed_record(const records::Form& form, const std::string& admin,
                                    const Json& row) {
  RecordId id{};
  Json fields = row;
  for (const char* word : {"by", "as", "form", "complete"}) fields.remove(word);
  TRY(as_login(row.text_or("by", admin), [&]() -> Result<void> {
    SeedWords words{transaction_, seed_names_, around_.now};
    Json resolved = TRY(resolve_seed(words, fields));
    resolved = TRY(resolve_codes(transaction_, around_.packs.forms, form, resolved));
    TRY(seed_files(resolved));
    id = TRY(create_one(form, resolved, std::nullopt));
    return {};
  }));
  if (row.has("as")) seed_names_.insert_or_assign(row.text_or("as", ""), id);
  if (!row["complete"].is_array()) return {};
  for (const Json& step : row["complete"].as_array()) {
    if (step.has("form")) {
      const records::Form* other = TRY(form_of(step.text_or("form", "")));
      TRY(seed_record(*other, admin, step));
      continue;
    }
    const records::Form* its = &form;
    RecordId whose = id;
    if (step["of"].is_object()) {  // of a row that was named before
      its = TRY(form_of(step["of"].text_or("form", "")));
      auto named = seed_names_.find(step["of"].text_or("ref", ""));
      if (named == seed_names_.end()) return refuse(ErrorCode::BadPack, "no such row", "of");
      whose = named->second;
    }
    TRY(as_login(step.text_or("login", ""), [&] { return seed_task(*its, whose, step); }));
  }
  return {};
}

// {"node", "outcome", "comment", "fields", "each": {rows: members}}
Result<void> Execution::seed_task(const records::Form& form, RecordId id, const Json& step) {
  SeedWords words{transaction_, seed_names_, around_.now};
  for (const flow::RosterEntry& task : TRY(flow::roster(transaction_, form.id, id))) {
    bool is_open = task.state == "open" || task.state == "claimed";
    if (task.node != step.text_or("node", "") || !is_open) continue;
    bool is_other = task.assignee && *task.assignee != command_->by.person;
    if (is_other) continue;
    Json given = TRY(resolve_seed(words, step["fields"]));
    if (step["each"].is_object()) {
      Json record = TRY(records::read_whole(transaction_, form, id));
      if (!given.is_object()) given = Json::object();
      for (const Json::Member& rows : step["each"].as_object()) {
        Json filled = TRY(rows_with(words, record[rows.first], rows.second));
        given.set(rows.first, std::move(filled));
      }
    }
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
