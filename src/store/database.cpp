#include "store/database.h"

#include "core/check.h"
#include "store/blob_folder.h"
#include "store/files.h"
#include "store/schema.h"
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
    return [options](bool is_reader) mutable {
      options.read_only = is_reader;
      return open_sqlite(options);
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
  StoreDatabase(const Config& config, std::unique_ptr<Connection> writer, ReaderPool::Open open)
      : clock_(config.clock),
        lane_(std::move(writer), config.random),
        readers_(std::move(open)),
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

  Result<std::vector<Result<void>>> commit_group(std::span<const Work> works) override {
    return lane_.commit_group(works);
  }

  Result<std::unique_ptr<View>> snapshot() override { return readers_.snapshot(); }
  Dialect dialect() const override { return lane_.dialect(); }
  Blobs& blobs() override { return blobs_; }
  Ledger& ledger() override { return ledger_; }

 private:
  Clock& clock_;
  WriteLane lane_;
  ReaderPool readers_;
  BlobFolder blobs_;
  SignedLedger ledger_;
};

}  // namespace

Result<std::unique_ptr<Database>> Database::open(const Config& config) {
  OpenConnection open = TRY(opener_of(config));
  TRY(make_folder(config.folder));
  auto writer = TRY(open(false));
  auto database = std::make_unique<StoreDatabase>(config, std::move(writer),
                                                  [open]() mutable { return open(true); });
  TRY(database->start());
  return database;
}

}  // namespace anlan::store
