// ./anlan bench schema [--rows N] [--database sqlite|postgres]: a form changes on a full table
// while people work: a changed kind, a field out of `ext`, two new indexes. The longest wait of a
// reader and of a writer, how long it all takes, and a search in the full table. JSON lines.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "core/text.h"
#include "engine/engine.h"
#include "plant.h"
#include "tests/support/postgres.h"

namespace anlan::bench {
namespace {

namespace fs = std::filesystem;
using Steady = std::chrono::steady_clock;

double ms_since(Steady::time_point from) {
  return std::chrono::duration<double, std::milli>(Steady::now() - from).count();
}

[[noreturn]] void give_up(const std::string& what) {
  std::fprintf(stderr, "bench: %s\n", what.c_str());
  std::exit(1);
}

template <class T>
T must(Result<T> result) {
  if (!result) give_up(result.error().detail);
  return std::move(*result);
}
void must(Result<void> result) {
  if (!result) give_up(result.error().detail);
}

// Twenty fields, as forms of the trade have.
std::string form_text(int version) {
  std::string more;
  for (int i = 0; i < 15; ++i) {
    more += R"(,"t)" + std::to_string(i) + R"(":{"x-kind":"text","title":{"zh":"z","en":"T"}})";
  }
  std::string amount =
      version == 1 ? R"("x-kind":"text")" : R"("x-kind":"decimal","x-scale":2,"x-index":true)";
  std::string note = version == 1 ? "" : R"(,"x-index":true)";
  std::string added =
      version == 1 ? "" : R"(,"added":{"x-kind":"text","title":{"zh":"z","en":"A"}})";
  return R"({"format":"anlan.form/1","id":"load","version":)" + std::to_string(version) +
         R"(,"title":{"zh":"z","en":"Load"},"serial":"FZ","data":{"type":"object","properties":{)"
         R"("name":{"x-kind":"text","x-list":true,"title":{"zh":"z","en":"N"}},"amount":{)" +
         amount + R"(,"title":{"zh":"z","en":"A"}},"note":{"x-kind":"text","x-store":"ext")" +
         note + R"(,"title":{"zh":"z","en":"O"}})" + more + added + "}}}";
}

// Thirty ideographs that differ from row to row; the same four end every text.
std::string words_of(int64_t n) {
  std::string out;
  for (int64_t i = 0; i < 30; ++i) {
    uint32_t c = 0x4e00 + static_cast<uint32_t>((n * 7919 + i * i * 104'729) % 3000);
    if (i >= 26) c = 0x9f00 + static_cast<uint32_t>(i);
    out += static_cast<char>(0xe0 | c >> 12);
    out += static_cast<char>(0x80 | (c >> 6 & 0x3f));
    out += static_cast<char>(0x80 | (c & 0x3f));
  }
  return out;
}

class Bench {
 public:
  Bench(std::string variant, int64_t rows) : variant_(std::move(variant)), rows_(rows) {
    std::string name = (fs::temp_directory_path() / "anlan-bench-XXXXXX").string();
    if (!mkdtemp(name.data())) give_up("no folder");
    folder_ = name;
    fs::create_directories(folder_ / "packs/load/forms");
    fs::create_directories(folder_ / "packs/load/roles");
    write("pack.json", R"({"format":"anlan.pack/1","id":"load","version":"1.0.0","needs":[],)"
                       R"("title":{"zh":"z","en":"Load"}})");
    write("roles/roles.json",
          R"({"format":"anlan.roles/1","roles":[{"id":"clerk","name":{"zh":"z","en":"C"},)"
          R"("rights":[{"form":"load","actions":["create","list","read"],"scope":"all",)"
          R"("fields":{"*":"write"}}]}]})");
  }
  ~Bench() {
    engine_.reset();
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }

  void run() {
    open(1);
    fill();
    engine_.reset();
    auto begun = Steady::now();
    open(2);
    double open_ms = ms_since(begun);
    engine_->start();
    while (!engine_->schema_progress().as_array().empty()) {
      write_one();
      read_one();
      wait_ms(5);
    }
    double total_s = ms_since(begun) / 1000;
    engine_->stop();
    tell("reader_wait_ms", reader_ms_, "ms", "\"target\":2000,");
    tell("writer_wait_ms", writer_ms_.load(), "ms");
    tell("open_ms", open_ms, "ms");
    tell("total_s", total_s, "s");
    tell("search_ms", search(), "ms", "\"target\":50,");
  }

 private:
  void write(const std::string& file, const std::string& text) {
    std::ofstream(folder_ / "packs/load" / file) << text;
  }

  void open(int version) {
    write("forms/load.json", form_text(version));
    if (where_.empty()) {
      where_ = variant_ == "sqlite" ? "sqlite:" + (folder_ / "anlan.db").string()
                                    : "postgres:" + test::postgres_server()->fresh_database();
    }
    engine_ = must(engine::Engine::open({.store = {.database = where_,
                                                   .folder = (folder_ / "keys").string(),
                                                   .plant = "bench",
                                                   .clock = system_clock_of_machine(),
                                                   .random = random_of_machine()},
                                         .pack_folders = {(folder_ / "packs").string()}}));
  }

  // Rows as records makes them, without a ledger leaf for each: only their number counts here.
  void fill() {
    Clock& clock = system_clock_of_machine();
    IdMaker ids(clock, random_of_machine());
    const records::Form& form = *engine_->packs().forms.find("load");
    for (int64_t at = 0; at < rows_;) {
      store::Work work = [&](store::Transaction& transaction) -> Result<void> {
        store::Change change{.act = "bench.fill", .at = clock.now(), .is_housekeeping = true};
        for (int i = 0; i < 2000 && at < rows_; ++i, ++at)
          change.rows.push_back(row(form, ids, at));
        return transaction.apply(change);
      };
      must(must(engine_->database().commit_group({&work, 1})).front());
    }
  }

  store::RowChange row(const records::Form& form, IdMaker& ids, int64_t at) {
    store::RowChange row{
        .table = form.table, .key = {{"id", ids.next_id<RecordKind>().text()}}, .is_private = true};
    std::string n = std::to_string(at);
    row.cells = {{"number", "N" + n},
                 {"state", std::string()},
                 {"org_path", std::string("/")},
                 {"form_version", int64_t{1}},
                 {"created_at", 1'000'000'000 * at},
                 {"created_by", std::string("system")},
                 {"updated_at", 1'000'000'000 * at},
                 {"updated_by", std::string("system")},
                 {"version", int64_t{1}},
                 {"search", bigrams("N" + n + "\nname " + n + "\n" + words_of(at))},
                 {"c_name", "name " + n},
                 {"c_amount", at % 1000 == 0 ? "many" : n + ".5"},
                 {"ext", "{\"note\":\"note " + n + "\"}"}};
    for (int i = 0; i < 15; ++i) row.cells.push_back({"c_t" + std::to_string(i), "some text " + n});
    return row;
  }

  // The slowest of words that few rows hold, all rows, and none; each the median of five.
  double search() {
    constexpr std::size_t kWord = 6;  // bytes of two ideographs
    std::string few = words_of(rows_ / 2).substr(0, kWord);
    std::string all = words_of(0).substr(26 * 3, kWord);
    double slowest = 0;
    for (const std::string& word : {few, few + words_of(7).substr(0, kWord), all}) {
      std::vector<double> took;
      for (int i = 0; i < 5; ++i) {
        auto from = Steady::now();
        must(engine_->list_records(by_, "load", {.search = word}));
        took.push_back(ms_since(from));
      }
      std::ranges::sort(took);
      slowest = std::max(slowest, took[2]);
    }
    return slowest;
  }

  void read_one() {
    auto from = Steady::now();
    must(engine_->list_records(by_, "load", {}));
    reader_ms_ = std::max(reader_ms_, ms_since(from));
  }

  // Answered on the writer's thread; the next one is asked for when this one is there.
  void write_one() {
    if (is_writing_.exchange(true)) return;
    auto from = Steady::now();
    Json fields = Json::object({{"name", "new"}, {"note", "new"}});
    engine_->submit({.by = by_, .what = engine::CreateRecord{.form = "load", .fields = fields}},
                    [this, from](Result<Json> answer) {
                      must(std::move(answer));
                      writer_ms_ = std::max(writer_ms_.load(), ms_since(from));
                      is_writing_ = false;
                    });
  }

  void tell(const char* metric, double value, const char* unit, const char* more = "") const {
    std::printf(
        "{\"bench\":\"schema\",\"metric\":\"%s\",\"variant\":\"%s\",\"value\":%.1f,"
        "\"unit\":\"%s\",\"better\":\"lower\",%s\"rows\":%lld}\n",
        metric, variant_.c_str(), value, unit, more, static_cast<long long>(rows_));
    std::fflush(stdout);
  }

  std::string variant_;
  int64_t rows_;
  fs::path folder_;
  std::string where_;
  std::unique_ptr<engine::Engine> engine_;
  access::Subject by_{.actor = {.kind = Actor::Kind::System}, .grants = {{"clerk", "/"}}};
  std::atomic<bool> is_writing_ = false;
  std::atomic<double> writer_ms_ = 0;
  double reader_ms_ = 0;
};

}  // namespace
}  // namespace anlan::bench

int main(int count, char** words) {
  int64_t rows = 1'000'000;
  std::vector<std::string> variants{"sqlite", "postgres"};
  for (int i = 1; i + 1 < count; i += 2) {
    std::string_view name = words[i];
    if (name == "--rows") rows = std::stoll(words[i + 1]);
    else if (name == "--database") variants = {words[i + 1]};
  }
  for (const std::string& variant : variants) {
    if (variant == "postgres" && !anlan::test::postgres_server()) continue;
    anlan::bench::Bench(variant, rows).run();
  }
  return 0;
}
