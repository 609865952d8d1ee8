#include "store/lane.h"

#include "core/check.h"
#include "store/schema.h"

namespace anlan::store {

Result<void> WriteLane::migrate(std::span<const Migration> migrations, Instant at) {
  std::scoped_lock lock(mutex_);
  auto migrated = run_migrations(*connection_, migrations, at);
  shared_.clock.note_all();
  TRY(std::move(migrated));
  // What is there at the start is not what others commit later.
  TRY(begin());
  auto known = read_position(*connection_, position_);
  connection_->rollback();
  position_ = TRY(std::move(known));
  return {};
}

void WriteLane::forget_schema() {
  std::scoped_lock lock(mutex_);
  connection_->forget_statements();
  shared_.clock.note_all();
}

Result<void> WriteLane::transact(const std::function<Result<void>(Connection&)>& work) {
  std::scoped_lock lock(mutex_);
  TRY(begin());
  auto result = work(*connection_);
  if (result) result = connection_->commit();
  if (!result) connection_->rollback();
  note(result);
  return result;
}

// A disk that went away and came back leaves dead handles: a file that failed is opened anew.
// PostgreSQL's connection does so by itself.
Result<void> WriteLane::begin() {
  if (is_handle_doubtful_) {
    auto fresh = open_();
    if (fresh) {
      connection_ = std::move(fresh).value();
      is_handle_doubtful_ = false;
    }
  }
  auto begun = connection_->begin_write();
  note(begun);
  return begun;
}

void WriteLane::note(const Result<void>& outcome) {
  bool is_broken = !outcome && outcome.error().code == ErrorCode::StoreFailed;
  if (is_broken && dialect() == Dialect::Sqlite) is_handle_doubtful_ = true;
}

Result<std::vector<Result<void>>> WriteLane::commit_group(std::span<const Work> works) {
  // The last one may answer for all of them.
  CHECK(works.size() <= limits::kCommandGroupMax + 1, "a commit group has a bound");
  std::scoped_lock lock(mutex_);
  touched_.clear();
  auto commit = [&]() -> Result<Answers> {
    if (auto answers = TRY(commit_together(works))) return std::move(*answers);
    return commit_one_by_one(works);
  };
  auto answers = commit();
  if (!answers) {
    connection_->rollback();
    note(std::unexpected(answers.error()));
  }
  // Also after a failure: whether a commit reached the disk may be unknown.
  shared_.clock.note(touched_);
  return answers;
}

// As of the last commit, which may have been another process's.
Result<WritePosition> WriteLane::position() {
  WritePosition position = TRY(read_position(*connection_, position_));
  bool is_ours =
      position.frontier.size() == position_.frontier.size() && position.event == position_.event;
  if (!is_ours) shared_.clock.note_all();
  return position;
}

Result<bool> WriteLane::notice_others() {
  std::scoped_lock lock(mutex_);
  TRY(begin());
  auto now = position();
  connection_->rollback();
  if (!now) return std::unexpected(std::move(now).error());
  bool is_ours = now->frontier.size() == position_.frontier.size();
  position_ = std::move(*now);
  return !is_ours;
}

// Most groups have no refusal that comes after something was written, so there are no savepoints
// at first: SQLite would copy every page that a Work touches, PostgreSQL wait for each. To a server
// everything is sent as it comes, the log of all together at the end, and only what a Work asks is
// waited for. When something was refused late, or has to be taken back, the group is done again one
// by one: a Work only decides, so it may run twice.
Result<std::optional<WriteLane::Answers>> WriteLane::commit_together(std::span<const Work> works) {
  TRY(begin());
  WritePosition position = TRY(this->position());
  LogBatch batch(*connection_);
  Answers answers;
  LogBatch* gathered = connection_->is_far() ? &batch : nullptr;
  Ahead ahead;
  Writer::Lane lane{*connection_, random_, shared_, texts_, touched_, gathered, &ahead};
  auto run_all = [&]() -> Result<bool> {
    for (const Work& work : works) {
      Writer writer(lane, position);
      answers.push_back(work(writer));
      CHECK(!answers.back() || !writer.has_refused(), "a Work ends with the refusal of its apply");
      bool is_half_done = !answers.back() && writer.has_written();
      if (is_half_done || writer.has_failed()) return false;
    }
    if (!batch.flush() || !connection_->settle()) return false;
    return true;
  };
  bool is_good = TRY(run_all());
  if (!is_good) {
    connection_->rollback();
    touched_.clear();  // nothing of it stays, and it is all done again
    return std::nullopt;
  }
  TRY(connection_->commit());
  position_ = std::move(position);
  return answers;
}

// A savepoint for each Work.
Result<WriteLane::Answers> WriteLane::commit_one_by_one(std::span<const Work> works) {
  TRY(begin());
  WritePosition position = TRY(this->position());
  Answers answers;
  for (const Work& work : works) answers.push_back(TRY(run_work(work, position)));
  TRY(connection_->commit());
  position_ = std::move(position);
  return answers;
}

// The outer refusal: the world failed and the whole group is lost. The inner: this Work's answer.
Result<Result<void>> WriteLane::run_work(const Work& work, WritePosition& position) {
  TRY(connection_->begin_work());
  WritePosition before = position;
  Writer::Lane lane{*connection_, random_, shared_, texts_, touched_, nullptr, nullptr};
  Writer writer(lane, position);
  auto answer = work(writer);
  CHECK(!answer || !writer.has_refused(), "a Work ends with the refusal of its apply");
  if (answer) answer = connection_->end_work();
  if (answer) return answer;
  if (connection_->is_broken()) return std::unexpected(std::move(answer).error());
  TRY(connection_->undo_work());
  position = std::move(before);
  return answer;
}

// The connection is taken with the first question; a snapshot has asked one already.
class SnapshotView final : public View, public Reading {
 public:
  SnapshotView(ReaderPool& pool, uint64_t begun) : pool_(pool), begun_(begun) {}
  SnapshotView(ReaderPool& pool, uint64_t begun, std::unique_ptr<Connection> connection)
      : pool_(pool), begun_(begun), connection_(std::move(connection)) {}
  ~SnapshotView() override {
    if (connection_) pool_.give_back(std::move(connection_));
  }
  SnapshotView(const SnapshotView&) = delete;
  SnapshotView& operator=(const SnapshotView&) = delete;

  Result<Rows> query(const Sql& sql) override {
    check_reads_only(sql.text);
    TRY(connect());
    return connection_->query(sql);
  }
  Result<void> visit(const Sql& sql, const Visit& each) override {
    check_reads_only(sql.text);
    TRY(connect());
    return connection_->visit(sql, each);
  }
  Dialect dialect() const override { return pool_.dialect_; }
  std::optional<uint64_t> stamp(Tables tables) override {
    uint64_t last = pool_.shared_.clock.last(tables);
    return last <= begun_ ? std::optional(last) : std::nullopt;
  }
  Memory& memory() override { return pool_.shared_.memory; }

 private:
  Result<void> connect() {
    if (!connection_) connection_ = TRY(pool_.begun(ReaderPool::Begin::Later));
    return {};
  }

  ReaderPool& pool_;
  uint64_t begun_;
  std::unique_ptr<Connection> connection_;
};

ReaderPool::~ReaderPool() { CHECK(lent_ == 0, "a snapshot outlived its database"); }

Result<std::unique_ptr<View>> ReaderPool::snapshot() {
  uint64_t now = shared_.clock.now();
  auto connection = begun(Begin::Now);
  if (!connection) return std::unexpected(std::move(connection).error());
  return std::make_unique<SnapshotView>(*this, now, std::move(connection).value());
}

std::unique_ptr<View> ReaderPool::read_later() {
  return std::make_unique<SnapshotView>(*this, shared_.clock.now());
}

Result<std::unique_ptr<Connection>> ReaderPool::begun(Begin how) {
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
    return how == Begin::Now ? connection->begin_read() : connection->begin_read_later();
  };
  auto result = begin();
  if (result) return connection;
  std::scoped_lock lock(mutex_);
  --lent_;
  return std::unexpected(std::move(result).error());
}

void ReaderPool::give_back(std::unique_ptr<Connection> connection) {
  connection->end_read();
  std::scoped_lock lock(mutex_);
  --lent_;
  if (!connection->is_broken()) idle_.push_back(std::move(connection));
}

void ReaderPool::drop_idle() {
  std::scoped_lock lock(mutex_);
  idle_.clear();
}

}  // namespace anlan::store
