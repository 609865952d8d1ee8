#pragma once
// engine is the one writer: it takes commands, asks access, lets the deciders decide, and commits;
// it fires timers and signs ledger heads. It is the only caller of Database::commit_group. Reads go
// past the writer on snapshots, with the row scope and field modes of access built in.
//
//   auto engine = TRY(Engine::open(config));
//   engine->start();                                   // its own thread; tests call turn() instead
//   Json answer = TRY(engine->run({.by = caller, .key = key, .what = CreateRecord{...}}));
//   Json page = TRY(engine->list_records(caller, "hazard", wish));

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "access/access.h"
#include "engine/commands.h"
#include "engine/health.h"
#include "engine/known_answers.h"
#include "engine/packs.h"
#include "engine/responder.h"
#include "engine/sensing.h"
#include "flow/flow.h"
#include "records/records.h"
#include "store/store.h"

namespace anlan::engine {

// A group robot that hears every urgent matter once.
struct Robot {
  std::string channel;  // "wecom", "dingtalk"
  std::string url;
  std::string secret{};
};

struct Config {
  store::Config store;
  std::vector<std::string> pack_folders;
  access::SessionRules sessions{};
  std::string time_zone_offset = "+08:00";
  Duration head_every = Duration::seconds(5);
  std::vector<Robot> robots{};
  bool has_vision = false;          // somebody looks at photos (connect/eyes.h)
  bool has_personal_views = false;  // people and x-pii in the SQL views for tools outside
  int64_t large_table_rows = records::kLargeTableRows;
  // Tests: called before and after everything that a change of the schema makes durable.
  std::function<void(std::string_view)> at_schema_step{};
  Clock* steady = nullptr;  // never steps; none: nobody notices when `store.clock` does
  Duration patience = Duration::seconds(30);  // for another server on the database to end
};

// What a reader wishes of a list.
struct Wish {
  Filter filter{};
  std::string search{};
  std::string sort = "-created_at";
  std::size_t count = 25;
  std::string cursor{};
  bool has_total = false;
};

// Which tags: all that fit, `count` of them after the first `from`.
struct TagWish {
  std::string words{};  // in code or name
  std::string area{};   // code
  std::string code{};
  bool is_retired = false;  // those out of use, else those in use; a code finds either
  std::size_t from = 0;
  std::size_t count = 2'000;
};
inline constexpr std::size_t kTagsPerAnswerMax = 5'000;  // 2 MB

class SchemaWork;  // engine/schema_work.h
class Uploads;     // engine/uploads.h

class Engine {
 public:
  using Done = std::function<void(Result<Json>)>;

  // Opens the database, migrates it, loads and deploys the packs.
  static Result<std::unique_ptr<Engine>> open(const Config& config);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  void start();
  void stop();  // finishes what was accepted

  // Any thread. `done` is called on the writer's thread after the commit is durable: keep it short.
  // Overloaded at limits::kCommandQueueMax.
  void submit(Command command, Done done);
  Result<Json> run(Command command);  // submits and waits; without a thread it takes a turn itself

  // One turn of the writer: a group of waiting commands, due timers, a head if it is time. Returns
  // when the next timer is due, if any. The writer's thread calls it; simulation calls it by hand.
  std::optional<Instant> turn();
  // One turn of sensing and of the responder, for simulation: a started engine does it by itself.
  void watch();

  // ---- questions: any thread ----
  Result<access::Subject> authenticate(std::string_view token);
  Result<access::PasswordCheck> check_password(std::string_view login, std::string_view password);
  Result<Json> me(const access::Subject& by);
  Result<access::FactorState> factor_state(PersonId person);
  Result<access::HalfSession> half_session(std::string_view token);  // NotLoggedIn
  Result<std::string> way_in(const access::Subject& by);             // "password", "provider"
  Result<std::string> login_of(PersonId person);
  Result<Json> forms(const access::Subject& by);
  Result<Json> form(const access::Subject& by, std::string_view form);
  Result<Json> list_records(const access::Subject& by, std::string_view form, const Wish& wish);
  Result<Json> count_records(const access::Subject& by, std::string_view form,
                             std::string_view field, const Wish& wish);
  Result<Json> record(const access::Subject& by, std::string_view form, RecordId id);
  Result<Json> history(const access::Subject& by, std::string_view form, RecordId id);
  Result<Json> timeline(const access::Subject& by, std::string_view form, RecordId id);
  Result<Json> proof(const access::Subject& by, std::string_view form, RecordId id);
  Result<std::string> file(const access::Subject& by, std::string_view form, RecordId id,
                           std::string_view sha256);  // the bytes
  Result<Json> tasks(const access::Subject& by);
  Result<Json> notices(const access::Subject& by);
  Result<Json> org(const access::Subject& by);
  Result<Json> people(const access::Subject& by, std::string_view org_path, std::string_view q,
                      std::string_view role);
  Result<Json> roles(const access::Subject& by);
  Result<Json> tokens(const access::Subject& by);
  Result<Json> ledger_head();
  Result<Json> ledger_inclusion(int64_t leaf, int64_t size);
  Result<Json> ledger_consistency(int64_t from, int64_t to);
  Result<bool> is_empty();  // nobody is there yet: the set-up page opens
  // {"accounts":[{"login","name","role":{"zh","en"}}],"password"} while this is the demo plant,
  // else null. refresh_demo is for the start only, before others ask.
  const Json& demo() const { return demo_; }
  const Json* demo_seed() const;
  Result<void> refresh_demo();
  std::string plant_name(std::string_view lang);

  // Uploads go past the writer; the last chunk is checked and registered by a command.
  // {"received","whole","kind"?,"width"?,"height"?}
  Result<Json> put_blob(const access::Subject& by, std::string_view sha256, int64_t offset,
                        int64_t total, std::string_view bytes);
  Result<Json> blob_state(std::string_view sha256);
  Result<Json> blob_state(const access::Subject& by, std::string_view sha256);  // as he has it

  // ---- the live stream ----
  // Called on the writer's thread after each commit that made events. One listener (api).
  void on_events(std::function<void(int64_t last)> listener);
  Result<std::vector<store::StoredEvent>> events_after(int64_t seq, std::size_t count);
  Result<int64_t> last_event();
  // Whether the event may reach this caller: the record it names lies in the caller's list scope;
  // a notice is the caller's own.
  Result<bool> may_see(const access::Subject& by, const store::StoredEvent& event);

  // ---- sensing, permits, responses ----
  Sensing& sensing() { return *sensing_; }
  Responder& responder() { return *responder_; }
  Result<Json> plan(const access::Subject& by);
  Result<Json> tags(const access::Subject& by, const TagWish& wish);
  // At most `points` buckets; BadField for a window that is empty or longer than a year.
  Result<Json> trend(const access::Subject& by, std::string_view tag, Instant from, Instant to,
                     std::size_t points);
  Result<Json> alarms(const access::Subject& by);
  Result<Json> alarm_journal(const access::Subject& by, const alarms::JournalWish& wish);
  Result<Json> presence(const access::Subject& by);
  Result<Json> track(const access::Subject& by, RecordId badge, std::string_view purpose);
  Result<Json> looks(const access::Subject& by);  // who looked at my track
  Result<Json> responses(const access::Subject& by);
  Result<Json> response(const access::Subject& by, RecordId id);  // the console
  Result<Json> my_route(const access::Subject& by, RecordId id);
  Result<Json> report(const access::Subject& by, RecordId id);
  // What waits to leave the browser, with address and text; at most `count`.
  Result<Json> waiting_messages(std::size_t count);
  // Changes of tables that are under way: [{"form","version","step","steps","kind","rows",
  // "rows_total"}].
  Json schema_progress();
  // Rules of gates as they are: [{"gate","is_open","reason"}].
  Result<Json> gate_rules();

  Health& health() { return *health_; }
  std::size_t queue_size();

  store::Database& database() { return *database_; }
  const Config& config() const { return config_; }
  const Packs& packs() const { return packs_; }
  Clock& clock() { return config_.store.clock; }
  Random& random() { return config_.store.random; }

 private:
  struct Waiting {
    Command command;
    Done done;
  };

  friend class SchemaWork;  // on the writer's thread

  explicit Engine(const Config& config);
  Result<void> deploy();
  Result<void> deploy_models();
  Result<void> commit_change(const store::Change& change);
  Result<std::vector<Result<void>>> commit_group(std::span<const store::Work> works);
  bool is_well(Instant now);
  void follow_step(Instant now);
  void serve();
  void run_group(std::deque<Waiting> group);
  static std::vector<KnownAnswers::Key> keys_of(const std::deque<Waiting>& group);
  void run_timers(Instant now);
  void run_starts(Instant now);
  // Whether some signal has still not reached everybody.
  bool run_signals(Instant now);
  void sign_head(Instant now);
  struct OldRows {
    std::string_view table, act;
    std::vector<std::string_view> key;
    Instant before{};
  };
  void drop_what_is_old(Instant now);
  void drop_old(const OldRows& rows, Instant now);
  void tell_events();
  bool pause(Duration wait);
  bool has_waiting();
  struct SeenResponse {
    Json whole;          // for deciding; never for an answer
    Json shown;          // what the caller may see of the record
    bool leads = false;  // may see who is where: whoever calls the roll or exports
  };
  Result<SeenResponse> visible_response(const access::Subject& by, store::View& view, RecordId id);
  Result<std::unique_ptr<store::View>> snapshot() { return store::read_later(*database_); }

  Config config_;
  std::unique_ptr<Health> health_;
  std::unique_ptr<store::SoleServer> sole_;  // let go after everything that works on it
  std::unique_ptr<store::Database> database_;
  Packs packs_;
  std::unique_ptr<Sensing> sensing_;
  std::unique_ptr<Responder> responder_;
  std::unique_ptr<Uploads> uploads_;
  std::unique_ptr<SchemaWork> schema_work_;
  IdMaker ids_;  // writer's thread only
  Json demo_;
  std::function<void(int64_t)> listener_;
  int64_t told_ = 0;
  Instant next_head_{};
  Instant next_cleaning_{};
  std::map<std::string, Instant> failed_starts_;
  std::map<TimerId, Instant> failed_timers_;  // when to try again: a broken case must not spin

  std::mutex mutex_;  // guards the rest
  std::condition_variable wake_;
  std::deque<Waiting> queue_;
  bool is_stopping_ = false;
  bool are_watchers_stopping_ = false;
  std::condition_variable watchers_wake_;
  std::thread writer_;
  std::vector<std::thread> sensing_threads_;
  std::thread responder_thread_;
};

// The tables that belong to engine itself: notices, answers by idempotency key, settings, the
// deployed flows and decisions.
std::vector<store::Migration> engine_migrations();

// An empty database with every table that the one behind `view` ever had: what a replay needs.
Result<std::unique_ptr<store::Database>> empty_copy(store::View& view, const store::Config& config);

// Fills an empty plant from the demo seed of the packs; nothing when somebody is there already. For
// the start only: the writer may run or not.
Result<void> seed_demo(Engine& engine);

}  // namespace anlan::engine
