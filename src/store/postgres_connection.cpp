// PostgreSQL behind Connection, through libpq in pipeline mode: what execute_later() sends is
// answered together with the next statement that waits, so a commit costs few round trips.

#include <libpq-fe.h>

#include <deque>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/check.h"
#include "store/connection.h"
#include "store/postgres_values.h"

namespace anlan::store {

namespace {

constexpr int kConnectTriesMax = 3;
// So many are sent together; the server works on them while we go on. While libpq can't send it
// reads what the server answers, so neither waits for the other for ever.
constexpr std::size_t kSentTogether = 16;
// Answers that nobody has looked at are short, but they are kept: so many at most.
constexpr std::size_t kPipelineMax = 4096;
// Any two processes that write the same database take turns by this lock.
constexpr const char* kTakeTurns = "SELECT pg_advisory_xact_lock(4703919738795935661)";

constexpr const char* kBeginRead = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

using PgResult = std::unique_ptr<PGresult, decltype(&PQclear)>;

struct Pending {
  // One: must write exactly one row. Question: one of several whose answers are all wanted.
  enum class Kind { Statement, One, Prepare, Sync, Question };

  Kind kind = Kind::Statement;
  std::string statement{};  // its key, for a prepare
};

// PostgreSQL 17, appendix A: error codes.
ErrorCode code_of(std::string_view state) {
  if (state == "23505") return ErrorCode::Duplicate;
  if (state == "23503") return ErrorCode::NotFound;
  if (state.starts_with("23")) return ErrorCode::CheckFailed;
  if (state == "22021" || state == "22P05") return ErrorCode::BadField;
  if (state == "53100") return ErrorCode::DiskFull;
  if (state == "25006") return ErrorCode::ReadOnly;
  if (state.starts_with("40") || state == "55P03" || state == "53300") return ErrorCode::Overloaded;
  return ErrorCode::StoreFailed;
}

// Classes of errors that are the world's and not one statement's.
bool is_broken_by(std::string_view state) {
  return state == "25006" || state.starts_with("08") || state.starts_with("53") ||
         state.starts_with("57P") || state.starts_with("58") || state.starts_with("XX");
}

void ignore_notice(void*, const PGresult*) {}

Rows rows_of(const PGresult* result) {
  std::vector<std::string> columns;
  int width = PQnfields(result);
  for (int i = 0; i < width; ++i) columns.emplace_back(PQfname(result, i));
  std::vector<std::vector<Value>> cells(static_cast<std::size_t>(PQntuples(result)));
  for (int row = 0; row < PQntuples(result); ++row) {
    auto& out = cells[static_cast<std::size_t>(row)];
    out.reserve(static_cast<std::size_t>(width));
    for (int i = 0; i < width; ++i) out.push_back(postgres_value(result, row, i));
  }
  return {std::move(columns), std::move(cells)};
}

// A row of a result; it stays where libpq has it.
class PostgresCells final : public Cells {
 public:
  explicit PostgresCells(const PGresult* result) : result_(result) {
    int width = PQnfields(result);
    for (int i = 0; i < width; ++i) is_text_.push_back(is_text_column(result, i));
  }
  void go_to(int row) { row_ = row; }
  bool is_null(std::size_t column) const override {
    return PQgetisnull(result_, row_, static_cast<int>(column)) != 0;
  }
  bool is_text(std::size_t column) const override { return is_text_[column] && !is_null(column); }
  int64_t int64(std::size_t column) const override {
    const auto value = postgres_value(result_, row_, static_cast<int>(column));
    const auto* number = std::get_if<int64_t>(&value);
    return number ? *number : 0;
  }
  std::string_view text(std::size_t column) const override {
    auto size = PQgetlength(result_, row_, static_cast<int>(column));
    return {PQgetvalue(result_, row_, static_cast<int>(column)), static_cast<std::size_t>(size)};
  }

 private:
  const PGresult* result_;
  std::vector<bool> is_text_;
  int row_ = 0;
};

class PostgresConnection final : public Connection {
 public:
  explicit PostgresConnection(const PostgresOptions& options) : options_(options) {}
  ~PostgresConnection() override { PQfinish(connection_); }

  Dialect dialect() const override { return Dialect::Postgres; }
  bool is_broken() const override { return is_broken_; }

  Result<void> ensure() {
    if (connection_ && PQstatus(connection_) == CONNECTION_OK && !is_broken_) return {};
    Result<void> connected = refuse(ErrorCode::StoreFailed, "not connected");
    for (int i = 0; i < kConnectTriesMax && !connected; ++i) connected = connect();
    return connected;
  }

  Result<Rows> query(const Sql& sql) override {
    PgResult result = TRY(answer_to(sql));
    return rows_of(result.get());
  }

  Result<std::vector<Rows>> query_all(std::span<const Sql> all) override {
    std::vector<Rows> answers;
    if (all.empty()) return answers;
    TRY(drain_if_pending());
    if (must_begin_) TRY(answer_to({"SELECT 1"}));
    for (const Sql& sql : all) TRY(send(sql, Pending::Kind::Question));
    TRY(drain(&answers));
    return answers;
  }

  Result<void> visit(const Sql& sql, const Visit& each) override {
    PgResult result = TRY(answer_to(sql));
    PostgresCells cells(result.get());
    for (int row = 0; row < PQntuples(result.get()); ++row) {
      cells.go_to(row);
      each(cells);
    }
    return {};
  }

  using Connection::execute;
  using Connection::execute_later;

  Result<int64_t> execute(const Bound& bound) override {
    TRY(send(bound));
    PgResult result = TRY(drain());
    const char* count = PQcmdTuples(result.get());
    return *count ? std::stoll(count) : 0;
  }

  Result<void> execute_later(const Bound& bound) override {
    TRY(send(bound));
    return drain_if_long();
  }

  Result<void> execute_one_later(const Sql& sql) override {
    TRY(send(sql, Pending::Kind::One));
    return drain_if_long();
  }

  Result<void> settle() override { return drain_if_pending(); }
  bool is_far() const override { return true; }

  Result<void> run(std::string_view text) override {
    TRY(send_unprepared(std::string(text)));
    TRY(drain());
    return {};
  }

  Result<void> begin_write() override { return begin("BEGIN", kTakeTurns); }
  Result<void> begin_alone() override { return begin("BEGIN", "SELECT 1"); }

  Result<void> begin_read() override {
    // The first statement takes the snapshot.
    return begin(kBeginRead, "SELECT 1");
  }

  Result<void> begin_read_later() override {
    TRY(ensure());
    must_begin_ = true;
    return {};
  }

  // Nobody waits for it: the answer is read before the next one.
  void end_read() override {
    if (std::exchange(must_begin_, false)) return;
    bool is_sent = send({"COMMIT"}).has_value() && PQpipelineSync(connection_) == 1;
    if (is_sent) pending_.push_back({Pending::Kind::Sync});
    if (!is_sent || PQflush(connection_) != 0) rollback();
  }

  Result<void> commit() override {
    TRY(run("COMMIT"));
    return {};
  }

  void rollback() override {
    must_begin_ = false;
    drop_pending();
    if (connection_ && PQtransactionStatus(connection_) != PQTRANS_IDLE) (void)run("ROLLBACK");
  }

  Result<void> begin_work() override { return execute_later({"SAVEPOINT work"}); }
  Result<void> end_work() override { return run("RELEASE SAVEPOINT work"); }

  Result<void> undo_work() override {
    drop_pending();
    TRY(run("ROLLBACK TO SAVEPOINT work"));
    return end_work();
  }

  void forget_statements() override {
    if (statements_.empty()) return;
    drop_pending();
    if (send_unprepared("DEALLOCATE ALL")) drop_pending();
    statements_.clear();
  }

 private:
  // The first question of a reader takes the BEGIN along. A server that was restarted since the
  // last transaction shows itself only then.
  Result<PgResult> answer_to(const Sql& sql) {
    bool is_first = std::exchange(must_begin_, false);
    auto ask = [&]() -> Result<PgResult> {
      if (is_first) TRY(send({kBeginRead}));
      TRY(send(sql));
      return drain();
    };
    Result<PgResult> answer = ask();
    if (answer || !is_first || !is_broken_) return answer;
    TRY(ensure());
    return ask();
  }

  Result<void> connect() {
    PQfinish(connection_);
    statements_.clear();
    pending_.clear();
    // A server that is gone without a word is noticed within seconds: everybody waits for us.
    const char* keys[] = {"dbname",          "connect_timeout",     "tcp_user_timeout",
                          "keepalives_idle", "keepalives_interval", nullptr};
    const char* values[] = {options_.connect.c_str(), "3", "8000", "5", "2", nullptr};
    connection_ = PQconnectdbParams(keys, values, 1);
    is_broken_ = PQstatus(connection_) != CONNECTION_OK;
    if (is_broken_) return refuse(ErrorCode::StoreFailed, PQerrorMessage(connection_));
    PQsetNoticeReceiver(connection_, ignore_notice, nullptr);
    std::string settings =
        "SET client_encoding = 'UTF8'; SET TimeZone = 'UTC'; SET bytea_output = 'hex';"
        " SET extra_float_digits = 1; SET standard_conforming_strings = on;"
        // What a caller may see comes as a parameter; a plan for each would take longer than the
        // statement. The texts of lists force the way that is right for any (decision 0028).
        " SET plan_cache_mode = force_generic_plan;"
        " SET lock_timeout = '30s';"
        // Bodies of the log are compressed when they are stored: lz4 takes a fraction of pglz's
        // time. A server that was built without it keeps its own way.
        " SELECT set_config('default_toast_compression', 'lz4', false) FROM pg_settings"
        " WHERE name = 'default_toast_compression' AND 'lz4' = ANY (enumvals);"
        " SET synchronous_commit = ";
    settings += options_.sync ? "on" : "off";
    PgResult result(PQexec(connection_, settings.c_str()), &PQclear);
    if (PQresultStatus(result.get()) != PGRES_COMMAND_OK) return failed(result.get());
    CHECK(PQenterPipelineMode(connection_) == 1, "a fresh connection can enter pipeline mode");
    return {};
  }

  // A server that was restarted since the last transaction shows itself only now.
  Result<void> begin(const char* how, const char* then) {
    Result<void> begun;
    for (int i = 0; i < 2; ++i) {
      TRY(ensure());
      begun = send_unprepared(how);
      if (begun) begun = run(then);
      if (begun || !is_broken_) break;
    }
    if (!begun) rollback();
    return begun;
  }

  Result<void> sent(int is_sent, Pending pending) {
    if (is_sent != 1) return failed(nullptr);
    pending_.push_back(std::move(pending));
    return {};
  }

  Result<void> send_unprepared(const std::string& text) {
    return sent(
        PQsendQueryParams(connection_, text.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 0), {});
  }

  Result<void> send(const Sql& sql, Pending::Kind kind = Pending::Kind::Statement) {
    std::vector<const Value*> params = params_of(sql);
    return send(Bound{sql.text, params}, kind);
  }

  Result<void> send(const Bound& sql, Pending::Kind kind = Pending::Kind::Statement) {
    PostgresParams params(sql.params);
    std::string key = params.type_letters() + ":" + sql.text;
    auto found = statements_.find(key);
    if (found == statements_.end()) {
      if (statements_.size() >= kStatementsMax) {
        TRY(drain_if_pending());
        forget_statements();
      }
      found = statements_.emplace(key, "s" + std::to_string(++statement_count_)).first;
      TRY(sent(PQsendPrepare(connection_, found->second.c_str(), with_numbers(sql.text).c_str(),
                             params.count(), params.types()),
               {Pending::Kind::Prepare, key}));
    }
    return sent(PQsendQueryPrepared(connection_, found->second.c_str(), params.count(),
                                    params.values(), params.lengths(), params.formats(), 0),
                {kind});
  }

  // What was sent is on its way from time to time, without waiting for it.
  Result<void> drain_if_long() {
    if (pending_.size() >= kPipelineMax) return drain().transform([](const PgResult&) {});
    bool is_on_its_way = pending_.size() % kSentTogether != 0 || PQflush(connection_) >= 0;
    return is_on_its_way ? Result<void>{} : lost();
  }

  Result<void> drain_if_pending() {
    if (pending_.empty()) return {};
    TRY(drain());
    return {};
  }

  void drop_pending() {
    if (!pending_.empty()) (void)drain();
  }

  // Waits for every answer. Gives the last one, or the first refusal. What was sent before an
  // earlier sync belongs to a reader that has gone. Answers to questions go to `questions`.
  Result<PgResult> drain(std::vector<Rows>* questions = nullptr) {
    if (PQpipelineSync(connection_) != 1) return lost();
    PgResult last(nullptr, &PQclear);
    Result<void> answer;
    for (; !pending_.empty(); pending_.pop_front()) {
      PgResult result(PQgetResult(connection_), &PQclear);
      if (!result) return lost();
      if (pending_.front().kind == Pending::Kind::Sync) {
        if (PQresultStatus(result.get()) != PGRES_PIPELINE_SYNC) return lost();
        answer = {};
        continue;
      }
      answer = judge(result.get(), pending_.front(), std::move(answer));
      bool is_question = pending_.front().kind == Pending::Kind::Question;
      if (is_question && answer && questions) questions->push_back(rows_of(result.get()));
      last = std::move(result);
      while (PgResult more{PQgetResult(connection_), &PQclear}) {
      }
    }
    PgResult end(PQgetResult(connection_), &PQclear);
    if (PQresultStatus(end.get()) != PGRES_PIPELINE_SYNC) return lost();
    if (!answer) return std::unexpected(std::move(answer).error());
    return last;
  }

  // `before` is the refusal of an earlier one, which this one only follows.
  Result<void> judge(PGresult* result, const Pending& pending, Result<void> before) {
    auto status = PQresultStatus(result);
    bool is_good = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
    // What was not prepared, because it or one before it failed, must be prepared again.
    if (!is_good && pending.kind == Pending::Kind::Prepare) statements_.erase(pending.statement);
    if (!before) return before;
    if (!is_good) return failed(result);
    if (pending.kind != Pending::Kind::One || PQcmdTuples(result) == std::string_view("1")) {
      return before;
    }
    return refuse(ErrorCode::Conflict, "not exactly one row");
  }

  std::unexpected<Error> lost() {
    auto error = failed(nullptr);
    is_broken_ = true;
    pending_.clear();
    return error;
  }

  // Only the primary message: the details quote values of rows.
  std::unexpected<Error> failed(const PGresult* result) {
    const char* state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : nullptr;
    const char* message = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : nullptr;
    if (!state || is_broken_by(state)) is_broken_ = true;
    return refuse(state ? code_of(state) : ErrorCode::StoreFailed,
                  message ? message : PQerrorMessage(connection_));
  }

  PostgresOptions options_;
  PGconn* connection_ = nullptr;
  std::unordered_map<std::string, std::string> statements_;  // types and text to its name
  std::deque<Pending> pending_;
  int64_t statement_count_ = 0;
  bool is_broken_ = false;
  bool must_begin_ = false;  // with the first question
};

}  // namespace

Result<std::unique_ptr<Connection>> open_postgres(const PostgresOptions& options) {
  auto connection = std::make_unique<PostgresConnection>(options);
  TRY(connection->ensure());
  return connection;
}

}  // namespace anlan::store
