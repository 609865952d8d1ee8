#include "engine/schema_work.h"

#include <algorithm>

#include "core/log.h"
#include "engine/engine.h"

namespace anlan::engine {
namespace {

constexpr Duration kRetry = Duration::seconds(10);
constexpr Duration kLook = Duration::seconds(5);
constexpr Duration kIndexPoll = Duration::milliseconds(100);

bool is_done(const store::SchemaStep& step) { return step.state == "done"; }

Json log_step(const store::SchemaStep& step) {
  return Json::object({{"form", step.form},
                       {"version", step.version},
                       {"step", step.step},
                       {"kind", step.kind},
                       {"subject", step.subject}});
}

}  // namespace

SchemaWork::~SchemaWork() {
  if (index_thread_.joinable()) index_thread_.join();
}

void SchemaWork::has_threads(bool has) {
  has_threads_ = has;
  if (!has && index_thread_.joinable()) index_thread_.join();
}

void SchemaWork::tell(std::string_view what, const store::SchemaStep& step) {
  if (!engine_.config_.at_schema_step) return;
  engine_.config_.at_schema_step(step.form + "." + std::to_string(step.version) + "." +
                                 std::to_string(step.step) + " " + step.kind + " " +
                                 std::string(what));
}

Result<void> SchemaWork::open() {
  wished_ = engine_.packs_.forms;
  auto view = TRY(engine_.snapshot());
  steps_ = TRY(store::schema_steps(*view));
  view.reset();
  std::erase_if(steps_, is_done);
  TRY(run_start());
  TRY(plan_packs());
  TRY(run_start());
  records::Forms forms = *TRY(deployed());
  std::vector<store::Migration> indexes;
  for (const records::Form* form : forms.all()) {
    indexes.push_back(records::index_migration_of(*form));
  }
  TRY(engine_.database_->migrate(indexes));
  engine_.packs_.forms = std::move(forms);
  return {};
}

// As they are now; the same until a step ends.
Result<const records::Forms*> SchemaWork::deployed() {
  if (!deployed_) {
    auto view = TRY(engine_.snapshot());
    deployed_ = TRY(records::load_forms(*view));
  }
  return &*deployed_;
}

Result<void> SchemaWork::plan_packs() {
  std::vector<store::SchemaStep> planned;
  const records::Forms* known = TRY(deployed());
  auto view = TRY(engine_.snapshot());
  for (const records::Form* form : wished_.all()) {
    const records::Form* before = known->find(form->id);
    if (before != nullptr && before->version == form->version) {
      if (before->source == form->source) continue;
      return refuse(ErrorCode::BadPack, "form " + form->id + " was deployed with other content: " +
                                            "a changed form needs a higher version");
    }
    if (before != nullptr && before->version > form->version) {
      return refuse(ErrorCode::BadPack, "form " + form->id + " is older than the deployed one");
    }
    // A version that is under way is finished as it was planned; then comes the next one.
    if (std::ranges::contains(steps_, form->id, &store::SchemaStep::form)) continue;
    bool is_big = before != nullptr && TRY(is_large(*view, *before));
    auto steps = TRY(records::steps_of(*form, before, is_big));
    std::ranges::move(steps, std::back_inserter(planned));
  }
  view.reset();
  if (planned.empty()) return {};
  tell("before plan", planned.front());
  TRY(store::plan_schema(*engine_.database_, planned));
  tell("after plan", planned.front());
  std::lock_guard lock(mutex_);
  std::ranges::move(planned, std::back_inserter(steps_));
  return {};
}

Result<bool> SchemaWork::is_large(store::View& view, const records::Form& form) {
  return records::is_large(view, form, engine_.config_.large_table_rows);
}

// A copy or an index of a large table waits for the engine to run; what comes behind it too.
Result<bool> SchemaWork::is_background(const store::SchemaStep& step) {
  bool takes_time = step.kind == records::kCopyStep || step.kind == records::kIndexStep ||
                    step.kind == records::kClearStep;
  if (!takes_time) return false;
  const records::Form* form = TRY(deployed())->find(step.form);
  auto view = TRY(engine_.snapshot());
  return form != nullptr && TRY(is_large(*view, *form));
}

Result<void> SchemaWork::run_start() {
  std::string waiting;  // the form whose next step takes time
  for (store::SchemaStep& step : steps_) {
    if (step.form == waiting) continue;
    if (TRY(is_background(step))) {
      waiting = step.form;
      continue;
    }
    TRY(perform(step, Pace::AllAtOnce));
  }
  forget_done();
  return {};
}

std::optional<Instant> SchemaWork::turn(Instant now) {
  if (now >= next_look_) {
    next_look_ = now + kLook;
    auto looked = look_for_acts();
    if (!looked) log(LogLevel::Warning, "the schema journal can't be read");
  }
  // Tools outside see the newest forms soon; nobody waits for it.
  if (are_views_old_ && now >= next_try_) {
    auto remade = remake_views();
    if (!remade) {
      next_try_ = now + kRetry;
      log(LogLevel::Warning, "the views for tools outside could not be made",
          Json::object({{"detail", remade.error().detail}}));
    }
  }
  if (steps_.empty()) return std::nullopt;
  if (is_indexing_) return now + kIndexPoll;
  if (now < next_try_) return next_try_;
  auto done = perform(steps_.front(), Pace::OneChunk);
  if (done && is_done(steps_.front())) {
    forget_done();
    done = reload();
    // What waited for the end of these.
    if (done && steps_.empty()) done = plan_packs();
  }
  if (!done) {
    next_try_ = now + kRetry;
    Json more = steps_.empty() ? Json::object() : log_step(steps_.front());
    more.set("detail", done.error().detail);
    log(LogLevel::Warning, "a change of the schema waits", std::move(more));
  }
  if (steps_.empty()) return std::nullopt;
  return done ? now : next_try_;
}

Result<void> SchemaWork::perform(store::SchemaStep& step, Pace pace) {
  if (is_done(step)) return {};
  if (step.kind == records::kCopyStep || step.kind == records::kClearStep) return copy(step, pace);
  if (step.kind == records::kIndexStep) return index(step);
  if (step.kind == records::kDeployStep) return deploy(step);
  if (step.kind == records::kSwitchStep) return switch_field(step);
  if (step.kind != records::kRunStep) {
    return refuse(ErrorCode::StoreFailed, "unknown step " + step.kind);
  }
  tell("before", step);
  store::SchemaStep after = step;
  TRY(store::run_schema(*engine_.database_, after));
  tell("after", after);
  set(step, std::move(after));
  return {};
}

// Others may be looking.
void SchemaWork::set(store::SchemaStep& step, store::SchemaStep now) {
  std::lock_guard lock(mutex_);
  step = std::move(now);
  // Where fields lie depends on what is done; a form that is not there yet has none.
  if (is_done(step) && deployed_ && deployed_->find(step.form)) deployed_.reset();
}

Result<void> SchemaWork::end(store::SchemaStep& step) {
  store::SchemaStep ended = step;
  ended.state = "done";
  TRY(store::note_schema(*engine_.database_, ended));
  tell("after", ended);
  set(step, std::move(ended));
  return {};
}

Result<void> SchemaWork::deploy(store::SchemaStep& step) {
  tell("before", step);
  auto deployment = TRY(records::deployment_from(step));
  const records::Forms* known = TRY(deployed());
  // Noted before a crash that came before the journal's own note.
  if (!known->find(step.form, step.version)) {
    const records::Form* before = known->find(step.form);
    Instant now = engine_.clock().now();
    TRY(engine_.commit_change(records::deployment_of(deployment, before, now)));
    tell("committed", step);
    if (before == nullptr) {
      TRY(end(step));
      return deployed_ ? deployed_->add(std::move(deployment.form)) : Result<void>{};
    }
  }
  return end(step);
}

Result<void> SchemaWork::switch_field(store::SchemaStep& step) {
  tell("before", step);
  auto target = TRY(records::target_from(step));
  const records::Form* form = TRY(deployed())->find(step.form);
  if (form == nullptr) return refuse(ErrorCode::StoreFailed, "a step names no form");
  TRY(engine_.commit_change(records::switch_of(*form, target, engine_.clock().now())));
  tell("committed", step);
  return end(step);
}

Result<void> SchemaWork::copy(store::SchemaStep& step, Pace pace) {
  if (step.state == "waiting") {
    tell("before", step);
    store::SchemaStep begun = step;
    auto view = TRY(engine_.snapshot());
    auto rows = TRY(view->query({"SELECT COUNT(*) AS n FROM f_" + step.form}));
    view.reset();
    begun.state = "running";
    begun.rows_total = rows[0].int64("n");
    TRY(store::note_schema(*engine_.database_, begun));
    set(step, std::move(begun));
  }
  bool is_more = true;
  while (is_more) {  // ends with the table's last row
    is_more = TRY(copy_some(step));
    if (is_more && pace == Pace::OneChunk) return {};
  }
  if (step.kind == records::kClearStep) {
    const records::Form* form = TRY(deployed())->find(step.form);
    Instant now = engine_.clock().now();
    TRY(engine_.commit_change(records::cleared_of(*form, step.subject, now)));
  }
  return end(step);
}

// The chunk is read inside the commit: no change of these rows comes between.
Result<bool> SchemaWork::copy_some(store::SchemaStep& step) {
  const records::Form* form = TRY(deployed())->find(step.form);
  if (form == nullptr) return refuse(ErrorCode::StoreFailed, "a step names no form");
  std::optional<records::Target> target;
  bool is_copy = step.kind == records::kCopyStep;
  if (is_copy) target = TRY(records::target_from(step));
  Instant now = engine_.clock().now();
  records::Chunk chunk;
  store::Work work = [&](store::Transaction& transaction) -> Result<void> {
    chunk = is_copy
                ? TRY(records::copy_chunk(transaction, *form, *target, step.position, now))
                : TRY(records::clear_chunk(transaction, *form, step.subject, step.position, now));
    if (chunk.change.rows.empty()) return {};
    return transaction.apply(chunk.change);
  };
  auto done = TRY(engine_.database_->commit_group({&work, 1}));
  TRY(done.front());
  tell("chunk", step);
  if (chunk.rows == 0) return false;
  store::SchemaStep noted = step;
  noted.position = chunk.position;
  noted.rows += chunk.rows;
  noted.rows_refused += chunk.refused;
  TRY(store::note_schema(*engine_.database_, noted));
  tell("noted", noted);
  set(step, std::move(noted));
  return true;
}

// PostgreSQL builds beside the writer, so the writer must not wait for it.
Result<void> SchemaWork::index(store::SchemaStep& step) {
  if (indexed_) {
    auto ended = *std::exchange(indexed_, std::nullopt);
    index_thread_.join();
    if (!ended) return std::unexpected(ended.error());
    set(step, std::move(*ended));
    return {};
  }
  tell("before", step);
  store::SchemaStep begun = step;
  begun.state = "running";
  TRY(store::note_schema(*engine_.database_, begun));
  tell("noted", begun);
  if (!has_threads_ || engine_.database_->dialect() == store::Dialect::Sqlite) {
    TRY(store::build_index(*engine_.database_, begun));
    tell("after", begun);
    set(step, std::move(begun));
    return {};
  }
  is_indexing_ = true;
  index_thread_ = std::thread([this, begun]() mutable {
    auto built = store::build_index(*engine_.database_, begun);
    if (built) indexed_ = std::move(begun);
    else indexed_ = std::unexpected(built.error());
    is_indexing_ = false;
  });
  return {};
}

Result<void> SchemaWork::reload() {
  engine_.packs_.forms.replace(*TRY(deployed()));
  are_views_old_ = true;
  return {};
}

Result<void> SchemaWork::remake_views() {
  bool is_postgres = engine_.database_->dialect() == store::Dialect::Postgres;
  records::ViewRules rules{engine_.config_.time_zone_offset, engine_.config_.has_personal_views};
  std::vector<std::string> all;
  if (is_postgres) all.push_back(records::view_schema_statement());
  for (const records::Form* form : TRY(deployed())->all()) {
    auto some = records::view_statements(*form, engine_.database_->dialect(), rules);
    std::ranges::move(some, std::back_inserter(all));
  }
  TRY(store::remake_views(*engine_.database_, all));
  are_views_old_ = false;
  return {};
}

// `anlan schema` writes its wishes beside us.
Result<void> SchemaWork::look_for_acts() {
  if (!steps_.empty()) return {};
  auto view = TRY(engine_.snapshot());
  auto rows = TRY(view->query({"SELECT COUNT(*) AS n FROM schema_step WHERE state <> 'done'"}));
  if (rows[0].int64("n") == 0) return {};
  auto steps = TRY(store::schema_steps(*view));
  std::erase_if(steps, is_done);
  std::lock_guard lock(mutex_);
  steps_ = std::move(steps);
  return {};
}

void SchemaWork::forget_done() {
  std::lock_guard lock(mutex_);
  std::erase_if(steps_, is_done);
}

Json SchemaWork::progress() {
  std::lock_guard lock(mutex_);
  Json out = Json::array();
  for (const store::SchemaStep& step : steps_) {
    out.push(Json::object({{"form", step.form},
                           {"version", step.version},
                           {"step", step.step},
                           {"kind", step.kind},
                           {"subject", step.subject},
                           {"state", step.state},
                           {"rows", step.rows},
                           {"rows_total", step.rows_total},
                           {"rows_refused", step.rows_refused}}));
  }
  return out;
}

}  // namespace anlan::engine
