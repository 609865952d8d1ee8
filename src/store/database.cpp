#include "store/database.h"

#include "core/check.h"
#include "store/blob_folder.h"
#include "store/files.h"
#include "store/lane.h"
#include "store/memory.h"
#include "store/schema.h"
#include "store/schema_lane.h"
#include "store/signed_ledger.h"

namespace anlan::store {

namespace {

using OpenConnection = std::function<Result<std::unique_ptr<Connection>>(bool is_reader)>;

Result<OpenConnection> opener_of(const Config& config) {
  std::string_view text = config.database;
  constexpr std::string_view kSqlite = "sqlite:";
  constexpr std::string_view kPostgres = "postgres:";
  if (text.starts_with(kSqlite)) {
    SqliteOptions options{std::string(text.substr(kSqlite.size())), config.sqlite_vfs, config.sync};
    // Readers of several threads ask at once.
    return [options](bool is_reader) {
      SqliteOptions own = options;
      own.read_only = is_reader;
      return open_sqlite(own);
    };
  }
  if (text.starts_with(kPostgres)) {
    PostgresOptions options{std::string(text.substr(kPostgres.size())), config.sync};
    return [options](bool) { return open_postgres(options); };
  }
  return refuse(ErrorCode::BadRequest, "a database is named sqlite:... or postgres:...");
}

class StoreDatabase final : public Database {
 public:
  StoreDatabase(const Config& config, std::unique_ptr<Connection> writer,
                const OpenConnection& open)
      : clock_(config.clock),
        open_([open] { return open(false); }),
        lane_(std::move(writer), config.random, [open] { return open(false); },
              {table_clock_, memory_}),
        readers_([open] { return open(true); }, {table_clock_, memory_}, lane_.dialect()),
        blobs_(std::filesystem::path(config.folder) / "blobs"),
        ledger_(config, lane_) {}

  Result<void> start() {
    TRY(lane_.migrate(own_migrations(lane_.dialect()), clock_.now()));
    return ledger_.start();
  }

  Result<void> migrate(std::span<const Migration> migrations) override {
    auto migrated = lane_.migrate(migrations, clock_.now());
    readers_.drop_idle();
    return migrated;
  }

  Result<void> change_schema(const SchemaWork& work) {
    auto changed = lane_.transact(work);
    forget_schema();
    return changed;
  }
  Result<void> write_journal(const SchemaWork& work) { return lane_.transact(work); }
  Result<std::unique_ptr<Connection>> connect_beside() { return open_(); }
  void forget_schema() {
    lane_.forget_schema();
    readers_.drop_idle();
  }

  Result<std::vector<Result<void>>> commit_group(std::span<const Work> works) override {
    return lane_.commit_group(works);
  }

  Result<std::unique_ptr<View>> snapshot() override { return readers_.snapshot(); }
  std::unique_ptr<View> read_later() { return readers_.read_later(); }
  Result<bool> notice_others() { return lane_.notice_others(); }
  Dialect dialect() const override { return lane_.dialect(); }
  Blobs& blobs() override { return blobs_; }
  Ledger& ledger() override { return ledger_; }

 private:
  Clock& clock_;
  TableClock table_clock_;
  Memory memory_;
  std::function<Result<std::unique_ptr<Connection>>()> open_;
  WriteLane lane_;
  ReaderPool readers_;
  BlobFolder blobs_;
  SignedLedger ledger_;
};

StoreDatabase& own(Database& database) {
  auto* own = dynamic_cast<StoreDatabase*>(&database);
  CHECK(own, "a schema is changed in a database of this room");
  return *own;
}

}  // namespace

Result<void> change_schema(Database& database, const SchemaWork& work) {
  return own(database).change_schema(work);
}

Result<void> write_journal(Database& database, const SchemaWork& work) {
  return own(database).write_journal(work);
}

Result<std::unique_ptr<Connection>> connect_beside(Database& database) {
  return own(database).connect_beside();
}

void forget_schema(Database& database) { own(database).forget_schema(); }

Result<std::unique_ptr<View>> read_later(Database& database) {
  auto* own = dynamic_cast<StoreDatabase*>(&database);
  if (!own) return database.snapshot();
  return own->read_later();
}

Result<bool> notice_others(Database& database) {
  auto* own = dynamic_cast<StoreDatabase*>(&database);
  return own ? own->notice_others() : false;
}

Result<std::unique_ptr<Database>> Database::open(const Config& config) {
  OpenConnection open = TRY(opener_of(config));
  TRY(make_folder(config.folder));
  auto writer = TRY(open(false));
  auto database = std::make_unique<StoreDatabase>(config, std::move(writer), open);
  TRY(database->start());
  return database;
}

Result<std::vector<ActOn>> acts_on(View& view, std::string_view subject_kind,
                                   std::string_view subject_id, std::string_view act) {
  Rows rows = TRY(view.query(
      {"SELECT l.leaf_index AS leaf, l.at AS at, l.act AS act, f.leaf AS body FROM change_log l"
       " JOIN ledger_leaf f ON f.leaf_index = l.leaf_index WHERE l.subject_kind = ?"
       " AND l.subject_id = ? AND l.act = ? ORDER BY l.seq",
       {std::string(subject_kind), std::string(subject_id), std::string(act)}}));
  std::vector<ActOn> acts;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Json leaf = TRY(parse_json(rows[i].text("body"), limits::kXmlBytesMax));
    acts.push_back({.leaf = rows[i].int64("leaf"),
                    .at = {rows[i].int64("at")},
                    .act = rows[i].text("act"),
                    .detail = leaf["detail"]});
  }
  return acts;
}

}  // namespace anlan::store
