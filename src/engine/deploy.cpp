// Packs meet the database at the start: tables grow, new versions of forms, flows and decisions are
// kept beside the old ones, so that a running case keeps what it began with.

#include <map>

#include "engine/engine.h"
#include "engine/schema_work.h"

namespace anlan::engine {
namespace {

// On disk. Never rename.
std::string_view kind_text(ModelFile::Kind kind) {
  return kind == ModelFile::Kind::Flow ? "flow" : "decisions";
}

struct Newest {
  int64_t version = 0;
  std::string content;
};

Result<void> add_to_library(flow::Library& library, std::string_view kind, const std::string& id,
                            int64_t version, const std::string& content) {
  if (kind == kind_text(ModelFile::Kind::Flow)) {
    library.add_model(id, version, TRY(flow::Model::parse(content)));
  } else {
    library.add_decision(id, version, TRY(rules::Model::parse(content)));
  }
  return {};
}

store::Change model_change(const ModelFile& file, int64_t version, Instant now) {
  store::Change change{.act = "pack.deploy",
                       .subject_kind = std::string(kind_text(file.kind)),
                       .subject_id = file.id,
                       .at = now};
  change.rows.push_back(
      {.kind = store::RowChange::Kind::Insert,
       .table = "deployed_model",
       .key = {{"kind", std::string(kind_text(file.kind))}, {"id", file.id}, {"version", version}},
       .cells = {{"content", file.content}, {"deployed_at", now.ns}}});
  return change;
}

std::vector<store::Migration> room_migrations() {
  std::vector<store::Migration> all = access::migrations();
  for (auto& migration : records::migrations()) all.push_back(std::move(migration));
  for (auto& migration : flow::migrations()) all.push_back(std::move(migration));
  for (auto& migration : alarms::migrations()) all.push_back(std::move(migration));
  for (auto& migration : ehs::migrations()) all.push_back(std::move(migration));
  for (auto& migration : engine_migrations()) all.push_back(std::move(migration));
  return all;
}

}  // namespace

Result<void> read_library(store::View& view, flow::Library& library) {
  auto rows = TRY(view.query(
      {"SELECT kind, id, version, content FROM deployed_model ORDER BY kind, id, version"}));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto row = rows[i];
    TRY(add_to_library(library, row.text("kind"), row.text("id"), row.int64("version"),
                       row.text("content")));
  }
  return {};
}

Result<std::unique_ptr<store::Database>> empty_copy(store::View& view,
                                                    const store::Config& config) {
  auto database = TRY(store::Database::open(config));
  TRY(database->migrate(room_migrations()));
  records::Forms forms = TRY(records::load_forms(view));
  for (const records::Form* form : forms.all()) {
    auto retired = TRY(records::retired_columns(view, *form));
    store::Migration migration{"form." + form->id, records::statements_of(*form, retired)};
    store::Migration indexes = records::index_migration_of(*form);
    TRY(database->migrate({&migration, 1}));
    TRY(database->migrate({&indexes, 1}));
  }
  return database;
}

Result<void> Engine::deploy() {
  TRY(database_->migrate(room_migrations()));
  TRY(schema_work_->open());
  TRY(deploy_models());
  auto view = TRY(snapshot());
  store::Change clocks = TRY(flow::plan_starts({.view = *view,
                                                .actor = {},
                                                .now = config_.store.clock.now(),
                                                .ids = ids_,
                                                .library = packs_.library}));
  view.reset();
  if (clocks.rows.empty()) return {};
  return commit_change(clocks);
}

Result<void> Engine::commit_change(const store::Change& change) {
  store::Work work = [&](store::Transaction& transaction) { return transaction.apply(change); };
  auto done = TRY(database_->commit_group({&work, 1}));
  return done.front();
}

Result<void> Engine::deploy_models() {
  auto view = TRY(snapshot());
  auto rows = TRY(view->query(
      {"SELECT kind, id, version, content FROM deployed_model ORDER BY kind, id, version"}));
  view.reset();
  std::map<std::pair<std::string, std::string>, Newest> newest;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto row = rows[i];
    TRY(add_to_library(packs_.library, row.text("kind"), row.text("id"), row.int64("version"),
                       row.text("content")));
    newest[{row.text("kind"), row.text("id")}] = {row.int64("version"), row.text("content")};
  }
  for (const ModelFile& file : packs_.models) {
    std::string kind(kind_text(file.kind));
    Newest& known = newest[{kind, file.id}];
    if (known.version != 0 && known.content == file.content) continue;
    int64_t version = known.version + 1;
    TRY(commit_change(model_change(file, version, config_.store.clock.now())));
    TRY(add_to_library(packs_.library, kind, file.id, version, file.content));
  }
  return {};
}

}  // namespace anlan::engine
