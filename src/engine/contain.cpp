#include "engine/contain.h"

#include "core/log.h"
#include "engine/permit_caught.h"

namespace anlan::engine {
namespace {

constexpr Duration kPutOff = Duration::minutes(1);

void log_part(std::string_view what, std::string_view part, const Error& error) {
  log(LogLevel::Error, what,
      Json::object({{"part", part},
                    {"code", error_text(error.code).code},
                    {"field", error.field},
                    {"detail", error.detail}}));
}

// One event: the alarm, then every part of what follows, each a Work of one commit, so that a crash
// leaves the alarm with all of them or none.
Result<void> apply_one(const Containing& with, const Command& command, const AlarmEvent& event) {
  Execution::Applied applied;
  std::vector<store::Work> works;
  works.emplace_back([&](store::Transaction& transaction) -> Result<void> {
    applied.reset();
    applied = TRY(Execution(with.around, transaction).apply_alone(command, event));
    return {};
  });
  for (Execution::Follow part : Execution::kFollows) {
    works.emplace_back([&, part](store::Transaction& transaction) -> Result<void> {
      if (!applied) return {};
      return Execution(with.around, transaction).follow_alone(command, event, *applied, part);
    });
  }
  auto done = TRY(with.commit(works));
  std::vector<store::Work> notes;
  for (std::size_t i = 0; i < Execution::kFollows.size(); ++i) {
    if (done[i + 1]) continue;
    Execution::Follow part = Execution::kFollows.at(i);
    const Error& error = done[i + 1].error();
    ++with.health.counts.contained;
    log_part("an alarm stands, but not what follows from it", Execution::follow_text(part), error);
    notes.emplace_back([&, part](store::Transaction& transaction) {
      return Execution(with.around, transaction)
          .note_failed(command, event.definition, part, error);
    });
  }
  if (!notes.empty()) TRY(with.commit(notes));
  return done.front();
}

Result<void> apply_all(const Containing& with, const Command& command, const ApplyAlarms& what) {
  Result<void> answer;
  for (const AlarmEvent& event : what.events) {
    auto done = apply_one(with, command, event);
    if (done) continue;
    ++with.health.counts.contained;
    log_part("a change of an alarm could not be written", "state", done.error());
    answer = std::move(done);
  }
  return answer;
}

Result<void> tell_all(const Containing& with, const Command& command, const TellAlarmsAgain& what) {
  for (const std::string& occurrence : what.occurrences) {
    store::Work tell = [&](store::Transaction& transaction) {
      return Execution(with.around, transaction).tell_again_alone(command, occurrence);
    };
    auto told = TRY(with.commit(std::span(&tell, 1)));
    if (told.front()) continue;
    ++with.health.counts.contained;
    log_part("nobody could be told again of an alarm", "tell", told.front().error());
    store::Work later = [&](store::Transaction& transaction) {
      return Execution(with.around, transaction).put_off_call(command, occurrence);
    };
    TRY(with.commit(std::span(&later, 1)));
  }
  return {};
}

// The act was taken back with all that it wrote: that it was tried, and caught, stays.
void note_caught(const Containing& with, const Command& command, const Error& refusal) {
  auto found = caught_by(command, refusal);
  if (!found) return;
  store::Work note = [&](store::Transaction& transaction) {
    return write_caught(with.around, transaction, command, *found);
  };
  auto done = with.commit(std::span(&note, 1));
  if (done && done->front()) return;
  log_part("a refused act could not be noted", found->guard,
           done ? done->front().error() : done.error());
}

}  // namespace

Result<Json> contain(const Containing& with, const Command& command, Result<Json> failed) {
  Result<void> done;
  if (const auto* alarms = std::get_if<ApplyAlarms>(&command.what)) {
    done = apply_all(with, command, *alarms);
  } else if (const auto* calls = std::get_if<TellAlarmsAgain>(&command.what)) {
    done = tell_all(with, command, *calls);
  } else {
    note_caught(with, command, failed.error());
    return failed;
  }
  if (!done) return std::unexpected(std::move(done).error());
  return Json::object();
}

std::string_view Execution::follow_text(Follow part) {
  switch (part) {
    case Follow::Effects: return "effects";
    case Follow::Tell: return "tell";
    case Follow::Order: return "order";
    case Follow::Answer: return "answer";
    case Follow::Trace: return "trace";
  }
  return "";
}

Result<Execution::Applied> Execution::apply_alone(const Command& command, const AlarmEvent& event) {
  command_ = &command;
  return apply_event(event);
}

Result<void> Execution::follow_alone(const Command& command, const AlarmEvent& event,
                                     const alarms::Decision& decided, Follow part) {
  command_ = &command;
  return follow(event, decided, part);
}

Result<void> Execution::note_failed(const Command& command, RecordId alarm, Follow part,
                                    const Error& error) {
  const alarms::Definition* definition = around_.plant->alarm(alarm);
  if (definition == nullptr) return {};
  return transaction_.apply(
      alarms::note_failure({transaction_, command.by.actor, around_.now, around_.ids}, *definition,
                           std::string(follow_text(part)), error));
}

Result<void> Execution::tell_again_alone(const Command& command, const std::string& occurrence) {
  command_ = &command;
  return tell_again(occurrence);
}

Result<void> Execution::put_off_call(const Command& command, const std::string& occurrence) {
  auto rows = TRY(transaction_.query(
      {"SELECT definition, version FROM alarm_call WHERE occurrence = ?", {occurrence}}));
  if (rows.empty()) return {};
  store::Change change{.actor = command.by.actor,
                       .act = "alarm.call_later",
                       .subject_kind = "alarm",
                       .subject_id = rows[0].text("definition"),
                       .at = around_.now};
  change.rows.push_back({.kind = store::RowChange::Kind::Update,
                         .table = "alarm_call",
                         .key = {{"occurrence", occurrence}},
                         .cells = {{"due_at", (around_.now + kPutOff).ns}},
                         .version = rows[0].int64("version")});
  return transaction_.apply(change);
}

}  // namespace anlan::engine
