// The clocks of sources: a wrong one spoils every time that it stamps, so administrators hear of it
// once, and once when it is right again.

#include <algorithm>
#include <cstdlib>

#include "engine/execute.h"

namespace anlan::engine {
namespace {

constexpr std::string_view kWrong = "source.notice.clock_wrong";
constexpr std::string_view kRight = "source.notice.clock_right";
constexpr std::string_view kTold = "administrator";  // the role

Result<bool> is_told_wrong(store::View& view, const std::string& source) {
  auto rows =
      TRY(view.query({"SELECT kind FROM notice WHERE form = 'source' AND record_id = ?"
                      " AND kind IN (?, ?) ORDER BY at DESC, id DESC LIMIT 1",
                      {source, std::string(kWrong), std::string(kRight)}}));
  return !rows.empty() && rows[0].text("kind") == kWrong;
}

}  // namespace

Result<Json> Execution::execute(const NoteClocks& what) {
  if (command_->by.actor.kind == Actor::Kind::Person) return refuse(ErrorCode::Forbidden);
  const records::Form* form = around_.packs.forms.find("source");
  if (form == nullptr) return Json::object();
  for (const NoteClocks::Clock& clock : what.clocks) TRY(note_clock(*form, clock));
  return Json::object();
}

Result<void> Execution::note_clock(const records::Form& form, const NoteClocks::Clock& clock) {
  Filter same{.kind = Filter::Kind::Eq, .field = "code", .values = {Json(clock.source)}};
  auto rows = TRY(records::all_whole(transaction_, form, same, 1));
  if (rows.empty()) return {};  // taken away meanwhile
  const Json& source = rows.front();
  std::string id = source.text_or("id", "");
  bool is_told = TRY(is_told_wrong(transaction_, id));
  if (is_told == clock.is_wrong) return {};
  int64_t behind_s = clock.behind.to_milliseconds() / 1000;
  store::Change change{.actor = command_->by.actor,
                       .act = clock.is_wrong ? "source.clock_wrong" : "source.clock_right",
                       .subject_kind = "source",
                       .subject_id = id,
                       .at = around_.now,
                       .detail = Json::object({{"behind_s", behind_s}})};
  std::string zh = source.text_or("name_zh", "");
  std::string en = source.text_or("name_en", "");
  NoticeWish wish{.kind = std::string(clock.is_wrong ? kWrong : kRight),
                  .form = "source",
                  .record = id,
                  .data = Json::object({{"code", clock.source},
                                        {"name_zh", zh},
                                        {"name_en", en.empty() ? zh : en},
                                        {"off_s", std::abs(behind_s)}})};
  // A source belongs to no unit: whoever administers any part of the plant hears of it.
  for (const AreaInfo& area : around_.plant->areas()) {
    auto holders = TRY(access::holders(transaction_, kTold, area.org_path));
    for (PersonId person : holders) {
      if (!std::ranges::contains(wish.persons, person)) wish.persons.push_back(person);
    }
  }
  if (wish.persons.empty()) return {};
  add_notice(change, wish);
  return transaction_.apply(change);
}

}  // namespace anlan::engine
