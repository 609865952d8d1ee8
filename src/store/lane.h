#pragma once
// The one lane on which anything is written, and the pool of connections that read beside it.
// Inside the room only.

#include <functional>
#include <mutex>
#include <span>

#include "store/writer.h"

namespace anlan::store {

class WriteLane {
 public:
  using Open = std::function<Result<std::unique_ptr<Connection>>()>;

  WriteLane(std::unique_ptr<Connection> connection, Random& random, Open open, Shared shared)
      : connection_(std::move(connection)),
        random_(random),
        open_(std::move(open)),
        shared_(shared) {}

  Dialect dialect() const { return connection_->dialect(); }
  Result<void> migrate(std::span<const Migration> migrations, Instant at);
  Result<std::vector<Result<void>>> commit_group(std::span<const Work> works);
  // A transaction of the store's own, in its own tables: keys and tree heads.
  Result<void> transact(const std::function<Result<void>(Connection&)>& work);
  Result<bool> notice_others();
  void forget_schema();  // after a change of columns: prepared statements, what is remembered

 private:
  using Answers = std::vector<Result<void>>;

  // Nothing where somebody was refused late: then nobody knows who, and nothing was written.
  Result<std::optional<Answers>> commit_together(std::span<const Work> works);
  Result<Answers> commit_one_by_one(std::span<const Work> works);
  Result<WritePosition> position();
  Result<void> begin();
  void note(const Result<void>& outcome);
  Result<Result<void>> run_work(const Work& work, WritePosition& position);

  std::mutex mutex_;
  std::unique_ptr<Connection> connection_;
  Random& random_;
  Open open_;
  bool is_handle_doubtful_ = false;
  Shared shared_;
  WritePosition position_{};  // as of the last commit; checked against the database each time
  RowTexts texts_{};
  std::vector<std::string> touched_{};  // tables that the group under way writes
};

// 32 readers are more than any server here has threads; each costs PostgreSQL a process.
inline constexpr std::size_t kReadersMax = 32;

class ReaderPool {
 public:
  using Open = std::function<Result<std::unique_ptr<Connection>>()>;

  ReaderPool(Open open, Shared shared, Dialect dialect)
      : open_(std::move(open)), shared_(shared), dialect_(dialect) {}
  ~ReaderPool();
  // Overloaded when kReadersMax snapshots are out. The View must not outlive the pool.
  Result<std::unique_ptr<View>> snapshot();
  std::unique_ptr<View> read_later();
  // After a migration: readers prepared their statements against other columns.
  void drop_idle();

 private:
  friend class SnapshotView;

  enum class Begin { Now, Later };
  Result<std::unique_ptr<Connection>> begun(Begin how);
  void give_back(std::unique_ptr<Connection> connection);

  std::mutex mutex_;
  Open open_;
  Shared shared_;
  Dialect dialect_;
  std::vector<std::unique_ptr<Connection>> idle_;
  std::size_t lent_ = 0;
};

}  // namespace anlan::store
