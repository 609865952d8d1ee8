// Lists, single records and durable inserts over a full table: 30 fields, a row scope and a field
// mask. `--rows N` (500000), `--database sqlite|postgres`, `--data FOLDER` (else a temporary one).
// JSON lines; each value is the median of five runs after one to warm up.

#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string_view>

#include "records/records.h"
#include "tests/support/postgres.h"

namespace anlan::records {
namespace {

constexpr int kRuns = 5;
constexpr int kAsksPerRun = 200;
constexpr int64_t kWorkshops = 10;
constexpr int64_t kPeople = 50;

struct Options {
  int64_t rows = 500'000;
  std::string database = "sqlite";
  std::string folder{};
};

[[noreturn]] void give_up(const Error& error) {
  std::fprintf(stderr, "records_bench: %s %s\n", error.detail.c_str(), error.field.c_str());
  std::exit(1);
}

template <class T>
T must(Result<T> result) {
  if (!result) give_up(result.error());
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

Json local(const std::string& text) { return Json::object({{"zh", text}, {"en", text}}); }

Json field_json(const std::string& kind, const std::string& title) {
  return Json::object({{"x-kind", kind}, {"title", local(title)}});
}

// 30 fields, a third of them listed, three with an index.
Json form_json() {
  Json fields = Json::object();
  auto add = [&](const std::string& key, const std::string& kind) -> Json& {
    fields.set(key, field_json(kind, key));
    return fields.as_object().back().second;
  };
  auto choices = [](Json& field) {
    Json words = Json::array();
    Json texts = Json::object();
    for (const char* word : {"red", "orange", "yellow", "blue"}) {
      words.push(word);
      texts.set(word, local(word));
    }
    field.set("enum", words).set("x-texts", texts);
  };
  add("title", "text").set("x-list", true);
  for (int i = 0; i < 8; ++i) add("text" + std::to_string(i), "text");
  for (int i = 0; i < 3; ++i) add("note" + std::to_string(i), "longtext");
  for (int i = 0; i < 4; ++i)
    choices(add("choice" + std::to_string(i), "choice").set("x-list", true));
  for (int i = 0; i < 4; ++i) add("count" + std::to_string(i), "integer");
  add("money", "decimal").set("x-scale", 2);
  for (int i = 0; i < 3; ++i) add("at" + std::to_string(i), "instant").set("x-list", true);
  for (int i = 0; i < 2; ++i) add("flag" + std::to_string(i), "boolean");
  add("owner", "person").set("x-list", true).set("x-index", true);
  add("checker", "person");
  add("unit", "org").set("x-list", true);
  add("phone", "text").set("x-pii", "phone");
  fields.as_object()[12].second.set("x-index", true);
  Json data = Json::object({{"type", "object"}, {"required", Json::array({"title", "unit"})}});
  data.set("properties", fields);
  return Json::object({{"format", "anlan.form/1"},
                       {"id", "bench"},
                       {"version", 1},
                       {"title", local("bench")},
                       {"serial", "BE"},
                       {"org_field", "unit"},
                       {"data", data},
                       {"states", Json::object({{"open", local("open")}})}});
}

class Bench {
 public:
  explicit Bench(Options options) : options_(std::move(options)) {
    if (options_.folder.empty()) {
      options_.folder = (std::filesystem::temp_directory_path() / "anlan-bench-XXXXXX").string();
      if (!mkdtemp(options_.folder.data())) std::exit(1);
      is_temporary_ = true;
    }
    if (options_.database == "postgres") {
      server_ = test::PostgresServer::start(test::PostgresServer::Durability::Real);
      if (!server_) give_up({.code = ErrorCode::StoreFailed, .detail = "no PostgreSQL 17 here"});
      where_ = "postgres:" + server_->fresh_database();
    } else {
      where_ = "sqlite:" + options_.folder + "/bench.db";
    }
  }
  ~Bench() {
    database_.reset();
    std::error_code ignored;
    if (is_temporary_) std::filesystem::remove_all(options_.folder, ignored);
  }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  void run() {
    open();
    make_plant();
    fill();
    database_.reset();
    malloc_trim(0);
    report("start", "ms", "lower", [this] { return start_ms(); });
    report("page_of_25", "ms", "lower", [this] { return median_of([this] { ask_page({}); }); });
    Filter wish{.kind = Filter::Kind::Eq, .field = "choice0", .values = {Json("red")}};
    report("filtered_page_of_25", "ms", "lower",
           [&] { return median_of([&] { ask_page(wish); }); });
    report("record", "ms", "lower", [this] { return median_of([this] { ask_record(); }); });
    report("insert", "ms", "lower", [this] { return median_of([this] { insert(1); }, 100); });
    report("inserts_in_groups_of_64", "per_s", "higher",
           [this] { return 64 * 1000.0 / median_of([this] { insert(64); }, 10); });
    print("resident_memory", resident_mb(), "MB", "lower");
  }

 private:
  static double ms_of(const std::function<void()>& what) {
    auto start = std::chrono::steady_clock::now();
    what();
    std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
    return took.count();
  }
  static double median(std::vector<double> values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
  }
  static double median_of(const std::function<void()>& what, int times = kAsksPerRun) {
    std::vector<double> took;
    for (int i = 0; i < times; ++i) took.push_back(ms_of(what));
    return median(std::move(took));
  }
  void report(const char* metric, const char* unit, const char* better,
              const std::function<double()>& run_once) {
    std::vector<double> values;
    for (int i = 0; i <= kRuns; ++i) {
      double value = run_once();
      if (i > 0) values.push_back(value);  // the first run only warms up
    }
    print(metric, median(std::move(values)), unit, better);
  }
  void print(const char* metric, double value, const char* unit, const char* better) const {
    std::printf(
        "{\"bench\":\"records\",\"metric\":\"%s\",\"variant\":\"%s\",\"value\":%.3f,"
        "\"unit\":\"%s\",\"better\":\"%s\"}\n",
        metric, options_.database.c_str(), value, unit, better);
    std::fflush(stdout);
  }

  static double resident_mb() {
    std::ifstream file("/proc/self/statm");
    int64_t size = 0;
    int64_t resident = 0;
    file >> size >> resident;
    return static_cast<double>(resident * sysconf(_SC_PAGESIZE)) / (1 << 20);
  }

  void open() {
    database_ = must(store::Database::open({.database = where_,
                                            .folder = options_.folder,
                                            .plant = "bench",
                                            .clock = clock_,
                                            .random = random_}));
  }

  double start_ms() {
    database_.reset();
    return ms_of([this] {
      open();
      must(database_->migrate(access::migrations()));
      must(database_->migrate(migrations()));
      forms_ = must(load_forms(*must(database_->snapshot())));
    });
  }

  void commit(const std::vector<store::Work>& works) {
    for (Result<void>& answer : must(database_->commit_group(works))) must(std::move(answer));
  }
  void commit(const store::Change& change) {
    commit({[&](store::Transaction& transaction) { return transaction.apply(change); }});
  }

  void make_plant() {
    must(database_->migrate(access::migrations()));
    must(database_->migrate(migrations()));
    Form form = must(parse_form(form_json()));
    std::vector<store::Migration> migration{must(migration_of(form, nullptr))};
    must(database_->migrate(migration));
    commit(deployment_of(form, nullptr, clock_.now()));
    must(forms_.add(std::move(form)));
    add_unit({.code = "AL", .kind = "plant", .name = {"AL", "AL"}});
    for (int64_t i = 0; i < kWorkshops; ++i) {
      std::string code = "WS" + std::to_string(i);
      add_unit({.code = code, .kind = "workshop", .name = {code, code}, .parent_code = "AL"});
    }
    for (int64_t i = 0; i < kPeople; ++i) {
      std::string login = "person" + std::to_string(i);
      auto view = must(database_->snapshot());
      access::Person person{.id = ids_.next_id<PersonKind>(),
                            .login = login,
                            .name = login,
                            .org_path = "/AL/",
                            .state = "active",
                            .language = "zh"};
      commit(must(access::create_person({*view, {}, clock_.now(), ids_}, {.person = person})));
      people_.push_back(must(access::find_login(*must(database_->snapshot()), login))->id);
    }
  }

  void add_unit(const access::OrgUnit& unit) {
    auto view = must(database_->snapshot());
    commit(must(access::create_org({*view, {}, clock_.now(), ids_}, unit)));
  }

  Json input_of(int64_t n) const {
    const char* levels[] = {"red", "orange", "yellow", "blue"};
    Json input = Json::object();
    input.set("title", "隐患排查记录 " + std::to_string(n));
    for (int i = 0; i < 8; ++i)
      input.set("text" + std::to_string(i), "现场情况 " + std::to_string(n));
    input.set("note0", "二号锅炉房东侧管廊法兰渗漏,已设置警戒并通知维修。");
    for (int i = 0; i < 4; ++i) {
      input.set("choice" + std::to_string(i), levels[(n / kWorkshops >> (2 * i)) % 4]);
      input.set("count" + std::to_string(i), n % 1000);
    }
    input.set("money", Json(Json::Number{std::to_string(n % 9000) + ".25"}));
    for (int i = 0; i < 3; ++i) input.set("at" + std::to_string(i), "2026-11-21T06:00:00Z");
    input.set("flag0", n % 2 == 0).set("flag1", n % 3 == 0);
    input.set("owner", people_[static_cast<std::size_t>(n / kWorkshops % kPeople)].text());
    input.set("checker", people_[static_cast<std::size_t>(n % 7)].text());
    input.set("unit", "WS" + std::to_string(n % kWorkshops));
    input.set("phone", "13800001234");
    return input;
  }

  Result<Written> make(store::View& view, int64_t n) {
    static const access::FieldModes all{.fallback = access::FieldMode::Write};
    Writing writing{view, {}, clock_.now(), ids_, forms_};
    return create(writing, form(), input_of(n), all);
  }

  // Rows of a real record, varied; kept out of the change log, or filling would take the time.
  void fill() {
    std::vector<store::RowChange> patterns;
    auto view = must(database_->snapshot());
    for (int64_t i = 0; i < 1000; ++i) {
      patterns.push_back(must(make(*view, i * 7)).change.rows[0]);
    }
    int64_t start = clock_.now().ns - Duration::days(300).ns;
    constexpr int64_t kRowsPerChange = 5000;
    for (int64_t from = 0; from < options_.rows; from += kRowsPerChange) {
      store::Change change{
          .act = "bench.fill", .subject_kind = "bench", .subject_id = "fill", .at = clock_.now()};
      for (int64_t n = from; n < std::min(options_.rows, from + kRowsPerChange); ++n) {
        store::RowChange row = patterns[static_cast<std::size_t>(n) % patterns.size()];
        row.is_private = true;
        RecordId id = ids_.next_id<RecordKind>();
        if (n % 100 == 0) asked_.push_back(id);
        row.key[0].value = id.text();
        for (store::Cell& cell : row.cells) {
          if (cell.column == "number") cell.value = "BE-" + std::to_string(n);
          if (cell.column == "created_at") cell.value = start + Duration::seconds(n * 50).ns;
        }
        change.rows.push_back(std::move(row));
      }
      commit(change);
    }
    auto filled = must(must(database_->snapshot())->query({"SELECT COUNT(*) AS n FROM f_bench"}));
    if (filled[0].int64("n") != options_.rows) give_up({.code = ErrorCode::Internal});
    // What autovacuum and the server's own upkeep do in daily life.
    std::vector<store::Migration> upkeep{{"bench.upkeep", {"ANALYZE"}}};
    must(database_->migrate(upkeep));
  }

  const Form& form() const { return *forms_.find("bench"); }

  static access::FieldModes mask() {
    using enum access::FieldMode;
    return {.fallback = Read,
            .named = {{"phone", Masked}, {"money", Hidden}, {"note2", Hidden}, {"text7", Masked}}};
  }
  static Filter scope() {
    return {.kind = Filter::Kind::Under, .field = "org_path", .values = {Json("/AL/WS3/")}};
  }

  void ask_page(const Filter& wish) {
    auto view = must(database_->snapshot());
    Page page = must(list(*view, form(), {.filter = wish, .scope = scope(), .modes = mask()}));
    if (page.rows.size() != 25 && options_.rows >= 10'000) {
      give_up({.code = ErrorCode::Internal, .detail = "the page is not full"});
    }
  }

  void ask_record() {
    auto view = must(database_->snapshot());
    RecordId id = asked_[random_.below(asked_.size())];
    auto row = read(*view, form(), id, {}, mask());
    if (!row) give_up(row.error());
  }

  void insert(int count) {
    std::vector<store::Work> works;
    for (int i = 0; i < count; ++i) {
      works.push_back([this](store::Transaction& transaction) -> Result<void> {
        Written written = TRY(make(transaction, ++inserted_));
        return transaction.apply(written.change);
      });
    }
    commit(works);
  }

  Options options_;
  bool is_temporary_ = false;
  std::unique_ptr<test::PostgresServer> server_;
  std::string where_;
  Clock& clock_ = system_clock_of_machine();
  SeededRandom random_{1};
  IdMaker ids_{clock_, random_};
  std::unique_ptr<store::Database> database_;
  Forms forms_;
  std::vector<PersonId> people_;
  std::vector<RecordId> asked_;
  int64_t inserted_ = 0;
};

}  // namespace
}  // namespace anlan::records

int main(int count, char** words) {
  anlan::records::Options options;
  for (int i = 1; i + 1 < count; i += 2) {
    std::string_view word = words[i];
    if (word == "--rows") options.rows = std::atoll(words[i + 1]);
    if (word == "--database") options.database = words[i + 1];
    if (word == "--data") options.folder = words[i + 1];
  }
  if (options.rows < 1 || (options.database != "sqlite" && options.database != "postgres")) {
    std::fprintf(stderr,
                 "usage: records_bench [--rows N] [--database sqlite|postgres]"
                 " [--data FOLDER]\n");
    return 2;
  }
  anlan::records::Bench(std::move(options)).run();
  return 0;
}
