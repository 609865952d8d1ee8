#include "store/lane.h"

#include "core/check.h"
#include "store/schema.h"

namespace anlan::store {

Result<void> WriteLane::migrate(std::span<const Migration> migrations, Instant at) {
  std::scoped_lock lock(mutex_);
  return run_migrations(*connection_, migrations, at);
}

Result<void> WriteLane::transact(const std::function<Result<void>(Connection&)>& work) {
  std::scoped_lock lock(mutex_);
  TRY(connection_->begin_write());
  auto result = work(*connection_);
  if (result) result = connection_->commit();
  if (!result) connection_->rollback();
  return result;
}

Result<std::vector<Result<void>>> WriteLane::commit_group(std::span<const Work> works) {
  CHECK(works.size() <= limits::kCommandGroupMax, "a commit group has a bound");
  std::scoped_lock lock(mutex_);
  TRY(connection_->begin_write());
  auto run_all = [&]() -> Result<std::vector<Result<void>>> {
    WritePosition position = TRY(read_position(*connection_, position_));
    std::vector<Result<void>> answers;
    for (const Work& work : works) answers.push_back(TRY(run_work(work, position)));
    TRY(connection_->commit());
    position_ = std::move(position);
    return answers;
  };
  auto answers = run_all();
  if (!answers) connection_->rollback();
  return answers;
}

// The outer refusal: the world failed and the whole group is lost. The inner: this Work's answer.
Result<Result<void>> WriteLane::run_work(const Work& work, WritePosition& position) {
  TRY(connection_->begin_work());
  WritePosition before = position;
  Writer writer(*connection_, random_, position);
  auto answer = work(writer);
  CHECK(!answer || !writer.has_refused(), "a Work ends with the refusal of its apply");
  if (answer) answer = connection_->end_work();
  if (answer) return answer;
  if (connection_->is_broken()) return std::unexpected(std::move(answer).error());
  TRY(connection_->undo_work());
  position = std::move(before);
  return answer;
}

class SnapshotView final : public View {
 public:
  SnapshotView(ReaderPool& pool, std::unique_ptr<Connection> connection)
      : pool_(pool), connection_(std::move(connection)) {}
  ~SnapshotView() override { pool_.give_back(std::move(connection_)); }
  SnapshotView(const SnapshotView&) = delete;
  SnapshotView& operator=(const SnapshotView&) = delete;

  Result<Rows> query(const Sql& sql) override {
    check_reads_only(sql.text);
    return connection_->query(sql);
  }
  Dialect dialect() const override { return connection_->dialect(); }

 private:
  ReaderPool& pool_;
  std::unique_ptr<Connection> connection_;
};

ReaderPool::~ReaderPool() { CHECK(lent_ == 0, "a snapshot outlived its database"); }

Result<std::unique_ptr<View>> ReaderPool::snapshot() {
  auto connection = begun();
  if (!connection) return std::unexpected(std::move(connection).error());
  return std::make_unique<SnapshotView>(*this, std::move(connection).value());
}

Result<std::unique_ptr<Connection>> ReaderPool::begun() {
  std::unique_ptr<Connection> connection;
  {
    std::scoped_lock lock(mutex_);
    if (lent_ == kReadersMax) return refuse(ErrorCode::Overloaded, "all readers are busy");
    ++lent_;
    if (!idle_.empty()) {
      connection = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  auto begin = [&]() -> Result<void> {
    if (!connection) connection = TRY(open_());
    return connection->begin_read();
  };
  auto result = begin();
  if (result) return connection;
  std::scoped_lock lock(mutex_);
  --lent_;
  return std::unexpected(std::move(result).error());
}

void ReaderPool::give_back(std::unique_ptr<Connection> connection) {
  connection->rollback();
  std::scoped_lock lock(mutex_);
  --lent_;
  if (!connection->is_broken()) idle_.push_back(std::move(connection));
}

void ReaderPool::drop_idle() {
  std::scoped_lock lock(mutex_);
  idle_.clear();
}

}  // namespace anlan::store
