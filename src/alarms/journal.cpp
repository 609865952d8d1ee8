// The journal of alarms, page by page, for one reader.

#include <algorithm>
#include <utility>

#include "alarms/decide.h"
#include "alarms/places.h"

namespace anlan::alarms {
namespace {

constexpr int64_t kPlacesMax = 2000;  // areas of one plant

Json text_or_null(const store::Row& row, std::string_view column) {
  return row.is_null(column) ? Json() : Json(row.text(column));
}

Result<Json> entry_json(const store::Row& row) {
  Json detail = TRY(parse_json(row.text("detail")));
  Json actor = Json::object(
      {{"kind", row.text("actor_kind")}, {"person", text_or_null(row, "actor_person")}});
  Json name;
  if (!row.is_null("code")) {
    name = Json::object({{"zh", row.text("name_zh")}, {"en", row.text("name_en")}});
  }
  return Json::object({{"id", row.text("id")},
                       {"at", format_instant({row.int64("at")})},
                       {"alarm", row.text("definition")},
                       {"code", text_or_null(row, "code")},
                       {"name", std::move(name)},
                       {"tag", text_or_null(row, "tag")},
                       {"area", text_or_null(row, "area")},
                       {"occurrence", row.text("occurrence")},
                       {"act", row.text("act")},
                       {"letter_before", row.text("letter_before")},
                       {"letter", row.text("letter")},
                       {"is_new", row.int64("is_new") != 0},
                       {"value", std::get<double>(row["value"])},
                       {"actor", std::move(actor)},
                       {"comment", row.text("comment")},
                       {"detail", std::move(detail)}});
}

void ask_text(store::Sql& sql, const char* condition, const std::string& value) {
  if (value.empty()) return;
  sql.text += condition;
  sql.params.emplace_back(value);
}

// Where the page before ended; a row written meanwhile is newer and shifts nothing.
Result<void> go_on_after(store::View& view, const std::string& before, store::Sql& sql) {
  if (before.empty()) return {};
  if (!parse_uuid(before)) return refuse(ErrorCode::BadField, "is no row", "before");
  store::Rows rows = TRY(view.query({"SELECT at FROM alarm_journal WHERE id = ?", {before}}));
  if (rows.empty()) return refuse(ErrorCode::BadField, "is no row", "before");
  int64_t at = rows[0].int64("at");
  sql.text += " AND (j.at < ? OR (j.at = ? AND j.id < ?))";
  sql.params.emplace_back(at);
  sql.params.emplace_back(at);
  sql.params.emplace_back(before);
  return {};
}

}  // namespace

void Places::restrict(store::Sql& sql) const {
  if (are_all) return;
  sql.text += " AND k.area || ' ' || k.org_path IN (";
  for (std::size_t i = 0; i < list.size(); ++i) {
    sql.text += i == 0 ? "?" : ", ?";
    sql.params.emplace_back(list[i].first + " " + list[i].second);
  }
  sql.text += ")";
}

Result<Places> places_of(store::View& view, const IsVisible& is_visible) {
  if (!is_visible) return Places{};
  store::Rows rows =
      TRY(view.query({"SELECT DISTINCT area, org_path FROM alarm_known ORDER BY area, org_path"
                      " LIMIT ?",
                      {kPlacesMax + 1}}));
  if (static_cast<int64_t>(rows.size()) > kPlacesMax) {
    return refuse(ErrorCode::LimitReached, "too many areas with alarms");
  }
  Places places{.are_all = false};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::pair place(rows[i].text("area"), rows[i].text("org_path"));
    if (is_visible(place.first, place.second)) places.list.push_back(std::move(place));
  }
  places.are_none = places.list.empty();
  return places;
}

Result<Json> journal(store::View& view, const JournalWish& wish, const IsVisible& is_visible) {
  Json entries = Json::array();
  Places places = TRY(places_of(view, is_visible));
  if (places.are_none) return entries;
  store::Sql sql{
      "SELECT j.*, k.code, k.name_zh, k.name_en, k.tag, k.area FROM alarm_journal j"
      " LEFT JOIN alarm_known k ON k.definition = j.definition WHERE j.at >= ?"
      " AND j.at < ?",
      {wish.from.value_or(Instant{}).ns, wish.to.value_or(Instant{INT64_MAX}).ns}};
  if (wish.definition) ask_text(sql, " AND j.definition = ?", wish.definition->text());
  ask_text(sql, " AND k.tag = ?", wish.tag);
  ask_text(sql, " AND k.area = ?", wish.area);
  ask_text(sql, " AND k.kind = ?", wish.kind);
  ask_text(sql, " AND j.act = ?", wish.act);
  places.restrict(sql);
  TRY(go_on_after(view, wish.before, sql));
  sql.text += " ORDER BY j.at DESC, j.id DESC LIMIT ?";
  sql.params.emplace_back(static_cast<int64_t>(std::min(wish.count, kJournalRowsMax)));
  store::Rows rows = TRY(view.query(sql));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Json entry = TRY(entry_json(rows[i]));
    entries.push(std::move(entry));
  }
  return entries;
}

}  // namespace anlan::alarms
