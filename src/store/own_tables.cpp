#include "store/own_tables.h"

#include <utility>

#include "store/connection.h"

namespace anlan::store {
namespace {

class OverConnection final : public OwnTables {
 public:
  explicit OverConnection(std::unique_ptr<Connection> connection)
      : connection_(std::move(connection)) {}

  Result<void> begin() override {
    is_doubtful_ = is_doubtful_ || connection_->is_broken();
    return connection_->begin_alone();
  }
  bool is_new_connection() override { return std::exchange(is_doubtful_, false); }
  Result<void> commit() override {
    auto committed = connection_->commit();
    is_doubtful_ = is_doubtful_ || !committed;
    return committed;
  }
  void roll_back() override {
    is_doubtful_ = is_doubtful_ || connection_->is_broken();
    connection_->rollback();
  }
  Result<void> write(const Sql& sql) override { return connection_->execute_later(sql); }
  Result<void> write_one(const Sql& sql) override { return connection_->execute_one_later(sql); }
  Result<int64_t> write_now(const Sql& sql) override { return connection_->execute(sql); }
  Result<Rows> query(const Sql& sql) override { return connection_->query(sql); }
  Result<Rows> read(const Sql& sql) override {
    TRY(connection_->begin_read_later());
    auto rows = connection_->query(sql);
    if (rows) connection_->end_read();
    else connection_->rollback();
    return rows;
  }
  Result<void> run(std::string_view text) override { return connection_->run(text); }

 private:
  std::unique_ptr<Connection> connection_;
  bool is_doubtful_ = false;
};

}  // namespace

Result<std::unique_ptr<OwnTables>> OwnTables::open(const std::string& connect, bool sync) {
  auto connection = TRY(open_postgres({.connect = connect, .sync = sync}));
  return std::make_unique<OverConnection>(std::move(connection));
}

}  // namespace anlan::store
