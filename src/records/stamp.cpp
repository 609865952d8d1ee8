#include "records/stamp.h"

#include <algorithm>
#include <set>

namespace anlan::records {
namespace {

constexpr std::string_view kKey = "key";

bool has_stamps(const Field& field) {
  return std::ranges::any_of(field.items,
                             [](const Field& item) { return item.stamp != StampKind::None; });
}

bool has_key(const Field& field) { return std::ranges::contains(field.items, kKey, &Field::key); }

std::set<std::string> marks_of(const Field& field) {
  std::set<std::string> marks;
  for (const Field& item : field.items) {
    if (item.stamp != StampKind::None) marks.insert(item.stamp_of);
  }
  return marks;
}

bool is_marked(const Json& row, const std::string& mark) { return row[mark] == Json(true); }

const Json::Array& array_of(const Json& rows) {
  static const Json::Array none;
  return rows.is_array() ? rows.as_array() : none;
}

// The row of `rows` that is the same as `row`, which stands at `at`; null for none.
const Json* same_row(const Field& field, const Json& rows, const Json& row, std::size_t at) {
  const Json::Array& all = array_of(rows);
  if (!has_key(field) || row[kKey].is_null()) return at < all.size() ? &all[at] : nullptr;
  auto found = std::ranges::find_if(all, [&](const Json& one) { return one[kKey] == row[kKey]; });
  return found == all.end() ? nullptr : &*found;
}

std::string place(const Field& field, std::size_t at) {
  return field.key + "." + std::to_string(at);
}

Result<void> check_keys(const Field& field, const Json::Array& rows) {
  if (!has_key(field)) return {};
  std::set<std::string> seen;
  for (std::size_t at = 0; at < rows.size(); ++at) {
    if (!rows[at][kKey].is_text() || seen.insert(rows[at][kKey].as_text()).second) continue;
    return refuse(ErrorCode::Duplicate, "a key twice", place(field, at) + ".key");
  }
  return {};
}

// What was said when it was marked stands as long as the mark does.
bool is_altered(const Field& field, const std::set<std::string>& marks, const Json& old,
                const Json& now) {
  bool is_still = std::ranges::any_of(
      marks, [&](const std::string& mark) { return is_marked(old, mark) && is_marked(now, mark); });
  return is_still && std::ranges::any_of(field.items, [&](const Field& item) {
           bool is_free = item.stamp != StampKind::None || marks.contains(item.key);
           return !is_free && old[item.key] != now[item.key];
         });
}

Result<void> check_unaltered(const Field& field, const Json& before, const Json& after) {
  std::set<std::string> marks = marks_of(field);
  for (std::size_t at = 0; at < array_of(before).size(); ++at) {
    const Json& old = before.as_array()[at];
    bool is_stamped =
        std::ranges::any_of(marks, [&](const std::string& mark) { return is_marked(old, mark); });
    if (!is_stamped) continue;
    const Json* now = same_row(field, after, old, at);
    if (now == nullptr || is_altered(field, marks, old, *now)) {
      return refuse(ErrorCode::Forbidden, "a stamped row may not be altered", place(field, at));
    }
  }
  return {};
}

Json stamp_of(const Field& item, const StampBy& by) {
  if (item.stamp == StampKind::Instant) return format_instant(by.now);
  return by.actor.person.is_nil() ? Json() : Json(by.actor.person.text());
}

Json stamped_row(const Field& field, const Json* old, Json row, const StampBy& by) {
  for (const Field& item : field.items) {
    if (item.stamp == StampKind::None) continue;
    Json given = row[item.key];
    bool was = old != nullptr && is_marked(*old, item.stamp_of);
    if (!is_marked(row, item.stamp_of)) {
      row.set(item.key, Json());
    } else if (by.is_flow && !given.is_null()) {
      continue;
    } else if (was) {
      row.set(item.key, (*old)[item.key]);
    } else {
      row.set(item.key, stamp_of(item, by));
    }
  }
  return row;
}

}  // namespace

Result<void> read_stamp(const Json& source, const std::string& where, Field& field) {
  const Json& stamp = source["x-stamp"];
  if (stamp.is_null()) return {};
  auto bad = [&](std::string why) { return refuse(ErrorCode::BadPack, where + ": " + why, where); };
  std::string as = stamp.text_or("as", "");
  field.stamp_of = stamp.text_or("of", "");
  bool is_whole = stamp.is_object() && stamp.as_object().size() == 2 && !field.stamp_of.empty();
  if (!is_whole) return bad("x-stamp needs of and as");
  bool is_person = as == "person" && field.kind == FieldKind::Person;
  bool is_instant = as == "instant" && field.kind == FieldKind::Instant;
  if (!is_person && !is_instant) return bad("x-stamp.as is not of this kind");
  field.stamp = is_person ? StampKind::Person : StampKind::Instant;
  return {};
}

Result<void> check_stamps(const std::vector<Field>& items, const std::string& where) {
  for (const Field& item : items) {
    if (item.stamp == StampKind::None) continue;
    auto mark = std::ranges::find(items, item.stamp_of, &Field::key);
    bool is_right = mark != items.end() && mark->kind == FieldKind::Boolean && !item.is_required;
    if (is_right) continue;
    std::string place = where + "." + item.key;
    return refuse(ErrorCode::BadPack, place + ": x-stamp.of names no boolean, or it is required",
                  place);
  }
  return {};
}

Json without_stamps(const Field& field, const Json& rows) {
  if (!has_stamps(field) || !rows.is_array()) return rows;
  Json out = Json::array();
  for (const Json& row : rows.as_array()) {
    if (!row.is_object()) return rows;  // refused when it is checked
    Json::Object kept;
    for (const auto& [name, value] : row.as_object()) {
      auto item = std::ranges::find(field.items, name, &Field::key);
      bool is_stamp = item != field.items.end() && item->stamp != StampKind::None;
      if (!is_stamp) kept.emplace_back(name, value);
    }
    out.push(Json(std::move(kept)));
  }
  return out;
}

Result<Json> stamped_rows(const Field& field, const Json& before, const Json& rows,
                          const StampBy& by) {
  if (!has_stamps(field)) return rows;
  TRY(check_keys(field, array_of(rows)));
  if (!by.is_flow) TRY(check_unaltered(field, before, rows));
  if (!rows.is_array()) return rows;
  Json out = Json::array();
  for (std::size_t at = 0; at < rows.as_array().size(); ++at) {
    const Json& row = rows.as_array()[at];
    out.push(stamped_row(field, same_row(field, before, row, at), row, by));
  }
  return out;
}

}  // namespace anlan::records
