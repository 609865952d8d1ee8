#include "flow/trial.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "flow/case_state.h"
#include "flow/machine.h"

namespace anlan::flow {
namespace {

// Acts that move a case on; whatever else stands in a history only tells of it.
constexpr std::array<std::string_view, 5> kMoves{"case.start", "task.complete", "task.return",
                                                 "timer.fire", "message.take"};
// What people did that is not played again: where it happened, the case is left out.
constexpr std::array<std::string_view, 12> kUnplayed{
    "task.add_sign", "task.remove_sign", "task.delegate", "task.resolve",
    "task.transfer", "task.retract",     "case.withdraw", "task.hand_over",
    "task.skip",     "sla.suspend",      "case.retry",    "incident"};

struct Entry {
  std::string act;
  std::string node;
  std::string outcome;
  std::string comment;
  std::string actor_kind;
  std::optional<PersonId> person;
  Instant at{};
  Json detail;
};

Result<std::vector<Entry>> entries_of(store::View& view, CaseId id, int64_t after) {
  store::Rows rows =
      TRY(view.query({"SELECT * FROM flow_history WHERE case_id = ? AND seq > ? ORDER BY seq",
                      {id.text(), after}}));
  std::vector<Entry> entries;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    store::Row row = rows[i];
    Json detail = TRY(parse_json(row.text("detail"), limits::kXmlBytesMax));
    entries.push_back({.act = row.text("act"),
                       .node = row.text("node"),
                       .outcome = row.text("outcome"),
                       .comment = row.text("comment"),
                       .actor_kind = row.text("actor_kind"),
                       .person = person_or_none(row, "actor"),
                       .at = {row.int64("at")},
                       .detail = std::move(detail)});
  }
  return entries;
}

Result<int64_t> last_seq(store::View& view, CaseId id) {
  store::Rows rows = TRY(view.query({"SELECT seq FROM flow_case WHERE id = ?", {id.text()}}));
  if (rows.empty()) return refuse(ErrorCode::NotFound, "case");
  return rows[0].int64("seq");
}

// One message is noted by each token that takes it: the first of them moves the case.
bool is_move(const std::vector<Entry>& entries, std::size_t i) {
  if (!std::ranges::contains(kMoves, entries[i].act)) return false;
  if (entries[i].act != "message.take") return true;
  for (std::size_t before = i; before-- > 0 && entries[before].at == entries[i].at;) {
    if (entries[before].act == "message.take") return false;
  }
  return true;
}

// What an act led to: tasks that opened and the end of the case.
std::vector<std::string> consequences(const std::vector<Entry>& entries, std::size_t from,
                                      std::size_t to) {
  std::vector<std::string> out;
  for (std::size_t i = from; i < to; ++i) {
    const Entry& entry = entries[i];
    if (entry.act == "task.open") out.push_back("open " + entry.node);
    if (entry.act == "case.end") out.push_back("end");
    if (entry.act == "incident") out.push_back("incident " + entry.node);
  }
  std::ranges::sort(out);
  return out;
}

class Trial {
 public:
  Trial(const Around& around, const TrialCommand& command,
        const std::function<Result<void>(const store::Change&)>& write)
      : around_(around), command_(command), write_(write) {}

  Result<TrialResult> play() {
    past_ = TRY(entries_of(around_.view, command_.past, 0));
    for (const Entry& entry : past_) {
      if (std::ranges::contains(kUnplayed, entry.act)) {
        result_.kind = TrialResult::Kind::NotTried;
        note(entry);
        return result_;
      }
    }
    for (std::size_t i = 0; i < past_.size(); ++i) {
      if (!is_move(past_, i)) continue;
      if (!TRY(play_one(i))) return result_;
      ++result_.acts;
    }
    return result_;
  }

 private:
  void note(const Entry& entry) {
    result_.act = entry.act;
    result_.node = entry.node;
    result_.outcome = entry.outcome;
    result_.at = entry.at;
  }

  // False where the ways part.
  Result<bool> play_one(std::size_t at) {
    const Entry& act = past_[at];
    std::size_t end = at + 1;
    while (end < past_.size() && !is_move(past_, end)) ++end;
    note(act);
    result_.was = consequences(past_, at + 1, end);
    // A clock of the tried model that rings earlier than anything did.
    if (TRY(has_earlier_clock(act))) return elsewhere({"clock " + early_});
    int64_t before = seq_;
    auto step = act_again(act);
    if (!step) {
      // A failed database is no answer of the model.
      if (step.error().code == ErrorCode::StoreFailed) return std::unexpected(step.error());
      return elsewhere({"refused " + std::string(error_text(step.error().code).code)});
    }
    TRY(write_(step->change));
    if (act.act == "case.start") case_ = step->case_id;
    seq_ = TRY(last_seq(around_.view, case_));
    auto led_to = TRY(entries_of(around_.view, case_, before));
    auto would = consequences(led_to, 0, led_to.size());
    if (would != result_.was) return elsewhere(std::move(would));
    return true;
  }

  bool elsewhere(std::vector<std::string> would) {
    result_.kind = TrialResult::Kind::Elsewhere;
    result_.would = std::move(would);
    return false;
  }

  Result<bool> has_earlier_clock(const Entry& act) {
    if (act.act == "case.start") return false;
    store::Rows rows = TRY(around_.view.query(
        {"SELECT node, due FROM flow_timer WHERE case_id = ? ORDER BY due, id LIMIT 1",
         {case_.text()}}));
    if (rows.empty() || rows[0].int64("due") >= act.at.ns) return false;
    early_ = rows[0].text("node");
    return act.act != "timer.fire" || early_ != act.node;
  }

  Around around_at(const Entry& act) const {
    Around around = around_;
    around.now = act.at;
    if (act.person) {
      around.actor = {.kind = Actor::Kind::Person, .person = *act.person};
    } else {
      bool is_clock = act.act == "timer.fire";
      around.actor = {.kind = is_clock ? Actor::Kind::SystemTimeout : Actor::Kind::System};
    }
    return around;
  }

  Result<Step> act_again(const Entry& act) {
    Around around = around_at(act);
    Json record = TRY(command_.record_at(act.at));
    if (act.act == "case.start") return start_again(around, std::move(record));
    if (act.act == "timer.fire") {
      store::Rows rows = TRY(around_.view.query(
          {"SELECT id FROM flow_timer WHERE case_id = ? AND node = ? ORDER BY due, id LIMIT 1",
           {case_.text(), act.node}}));
      if (rows.empty()) return refuse(ErrorCode::NotFound, act.node);
      return fire_timer(around, TRY(TimerId::parse(rows[0].text("id"))), record);
    }
    if (act.act == "message.take") {
      return message(around, {.case_id = case_,
                              .name = act.detail.text_or("name", ""),
                              .data = act.detail["data"],
                              .record = std::move(record)});
    }
    if (!act.person) return refuse(ErrorCode::NotFound, "nobody did it");
    return task_again(around, act, std::move(record));
  }

  Result<Step> start_again(const Around& around, Json record) {
    store::Rows rows = TRY(around_.view.query(
        {"SELECT form, record_id, org_path FROM flow_case WHERE id = ?", {command_.past.text()}}));
    if (rows.empty()) return refuse(ErrorCode::NotFound, "case");
    return start(around, {.model_id = command_.model_id,
                          .form = rows[0].text("form"),
                          .record_id = TRY(RecordId::parse(rows[0].text("record_id"))),
                          .record = std::move(record),
                          .org_path = rows[0].text("org_path")});
  }

  // Of several signatures whichever the person may give.
  Result<Step> task_again(const Around& around, const Entry& act, Json record) {
    access::Subject by = TRY(access::subject_of(around_.view, *act.person));
    store::Rows rows = TRY(around_.view.query(
        {"SELECT id FROM flow_task WHERE case_id = ? AND node = ? AND state IN ('open', 'claimed')"
         " ORDER BY created, id",
         {case_.text(), act.node}}));
    Result<Step> last = refuse(ErrorCode::NotFound, act.node);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      TaskId task = TRY(TaskId::parse(rows[i].text("id")));
      if (act.act == "task.return") {
        last = return_to(around, by,
                         {.task = task,
                          .to_node = act.detail.text_or("to", ""),
                          .comment = act.comment,
                          .record = record});
      } else {
        last = complete(
            around, by,
            {.task = task, .outcome = act.outcome, .comment = act.comment, .record = record});
      }
      if (last) break;
    }
    return last;
  }

  const Around& around_;
  const TrialCommand& command_;
  const std::function<Result<void>(const store::Change&)>& write_;
  std::vector<Entry> past_{};
  CaseId case_{};
  int64_t seq_ = 0;
  std::string early_;
  TrialResult result_{};
};

}  // namespace

Result<TrialResult> try_case(const Around& around, const TrialCommand& command,
                             const std::function<Result<void>(const store::Change&)>& write) {
  return Trial(around, command, write).play();
}

Result<std::vector<CaseId>> past_cases(store::View& view, std::string_view model_id, Instant from,
                                       std::size_t count) {
  store::Rows rows =
      TRY(view.query({"SELECT id FROM flow_case WHERE model_id = ? AND state = 'ended' AND"
                      " started >= ? ORDER BY started DESC, id DESC LIMIT ?",
                      {std::string(model_id), from.ns, static_cast<int64_t>(count)}}));
  std::vector<CaseId> cases;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    cases.push_back(TRY(CaseId::parse(rows[i].text("id"))));
  }
  return cases;
}

}  // namespace anlan::flow
