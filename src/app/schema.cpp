// anlan schema, anlan bi: what a database administrator asks of the tables. Wishes are only noted;
// the server that runs, or the next one, carries them out.

#include <algorithm>
#include <print>

#include "app/commands.h"

namespace anlan::app {
namespace {

constexpr std::size_t kValuesShown = 1'000;

Result<void> list_steps(store::View& view) {
  auto steps = TRY(store::schema_steps(view));
  std::erase_if(steps, [](const auto& step) { return step.state == "done"; });
  if (steps.empty()) std::println("{}", say(Text::SchemaNothing, terminal_language()));
  for (const store::SchemaStep& step : steps) {
    std::println("{} {} {} {} {} {} {}/{}", step.form, step.version, step.step, step.kind,
                 step.subject, step.state, step.rows, step.rows_total);
  }
  return {};
}

int64_t last_step(const std::vector<store::SchemaStep>& steps, const records::Form& form) {
  int64_t last = 0;
  for (const store::SchemaStep& step : steps) {
    if (step.form == form.id && step.version == form.version) last = std::max(last, step.step);
  }
  return last;
}

Result<void> run_schema(const engine::Config& config, const Words& words) {
  auto database = TRY(store::Database::open(config.store));
  auto view = TRY(database->snapshot());
  if (words.plain[0] == "list") return list_steps(*view);
  auto forms = TRY(records::load_forms(*view));
  const records::Form* form = forms.find(words.plain[1]);
  if (form == nullptr) return refuse(ErrorCode::NotFound, words.plain[1]);
  auto steps = TRY(store::schema_steps(*view));
  bool is_busy = std::ranges::any_of(steps, [&](const store::SchemaStep& step) {
    return step.form == form->id && step.state != "done";
  });
  bool is_reading = words.plain[0] == "refused";
  if (is_busy && !is_reading) return refuse(ErrorCode::WrongState, "a change is under way");
  std::vector<store::SchemaStep> planned;
  if (words.plain[0] == "promote") {
    planned = TRY(records::promotion_of(*form, words.plain[2], last_step(steps, *form)));
  } else if (words.plain[0] == "clear") {
    planned.push_back(TRY(records::clearing_of(*view, *form, words.plain[2],
                                               last_step(steps, *form), config.store.clock.now())));
  } else {
    auto refused = TRY(records::refused_values(*view, *form, words.plain[2], kValuesShown));
    for (const records::Refused& one : refused) {
      std::println("{}\t{}\t{}", one.id, one.number, one.value);
    }
    return {};
  }
  view.reset();
  TRY(store::plan_schema(*database, planned));
  std::println("{}", say(Text::SchemaPlanned, terminal_language()));
  return {};
}

}  // namespace

Exit schema(const Words& words) {
  constexpr std::string_view kActs[] = {"promote", "refused", "clear"};
  bool is_list = words.plain.size() == 1 && words.plain[0] == "list";
  bool is_act = words.plain.size() == 3 && std::ranges::contains(kActs, words.plain[0]);
  if (!is_list && !is_act) return std::unexpected(Misuse{Text::WrongWords, "schema"});
  engine::Config config = TRY(engine_config(words));
  auto done = run_schema(config, words);
  return done ? 0 : tell_failure(done.error());
}

Exit bi(const Words& words) {
  if (!words.plain.empty()) return std::unexpected(Misuse{Text::WrongWords, "bi"});
  for (const std::string& statement : records::view_grants(words.one("--role", "anlan_bi"))) {
    std::println("{};", statement);
  }
  return 0;
}

}  // namespace anlan::app
