// How the server is doing: for administrators, for Prometheus, and as a bundle for whoever helps.

#include <sys/resource.h>
#include <unistd.h>

#include <fstream>

#include "api/handlers.h"
#include "core/zip.h"
#include "engine/evidence_queue.h"

namespace anlan::api {
namespace {

// A backup is made each night; one that is missing is noticed on the morning after.
constexpr Duration kBackupAgeMax = Duration::hours(26);
constexpr std::size_t kNoteBytesMax = 4 << 10;

Result<void> require_administrator(Services& at, const access::Subject& by) {
  auto verdict =
      at.engine.packs().policy.may(by, {.form = "setup", .action = access::Action::Administer});
  return verdict.allowed ? Result<void>{} : refuse(ErrorCode::Forbidden, verdict.reason);
}

bool is_loopback(std::string_view address) {
  return address == "::1" || address.starts_with("127.") || address == "::ffff:127.0.0.1";
}

Json time_json(engine::Engine& engine) {
  Json time = engine::time_source();
  auto stepped = engine.health().stepped_at();
  time.set("stepped_at", stepped ? Json(format_instant(*stepped)) : Json());
  return time;
}

// What `anlan backup` wrote down when it had ended well.
Json backup_json(Services& at) {
  std::ifstream in(at.config.folder + "/backup.json", std::ios::binary);
  std::string text(kNoteBytesMax, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  Json note = parse_json(text).value_or(Json::object());
  std::string last = note.text_or("at", "");
  Result<Instant> made = parse_instant(last);
  bool is_due = !made || at.engine.clock().now() - *made > kBackupAgeMax;
  return Json::object({{"last_at", last.empty() ? Json() : Json(last)},
                       {"folder", note.text_or("folder", "")},
                       {"is_due", is_due}});
}

Json store_json(Services& at) {
  engine::Health& health = at.engine.health();
  engine::Trouble trouble = health.trouble();
  Json store = engine::store_size(at.engine);
  store.set("is_writable", trouble == engine::Trouble::None);
  store.set("why", engine::trouble_code(trouble));
  store.set("last_commit_ms", static_cast<double>(health.counts.last_commit_us.load()) / 1000);
  return store;
}

Result<Json> keys_list(Services& at) {
  auto view = TRY(at.engine.database().snapshot());
  Json keys = TRY(at.engine.database().ledger().keys(*view));
  Json list = Json::array();
  for (const Json& key : keys.as_array()) {
    Json row = Json::object(
        {{"id", key["id"]}, {"from", key["created_at"]}, {"until", key["retired_at"]}});
    if (key.has("gap")) row.set("gap", key["gap"]);
    list.push(std::move(row));
  }
  return list;
}

Json packs_json(Services& at) {
  Json packs = Json::array();
  for (const std::string& id : at.engine.packs().ids) packs.push(id);
  return packs;
}

Json live_json(Services& at) {
  return at.live ? at.live() : Json::object({{"sockets", 0}, {"bytes", 0}});
}

Json vision_json(engine::Engine& engine) {
  Result<int64_t> waiting = engine::count_waiting_photos(engine);
  return Json::object(
      {{"is_up", engine.config().has_vision}, {"waiting", waiting ? Json(*waiting) : Json()}});
}

// Also while the store is gone: then what only it knows is null.
Json status_json(Services& at) {
  Result<Json> keys = keys_list(at);
  return Json::object(
      {{"version", kVersion},
       {"started_at", format_instant(at.started_at)},
       {"trouble", engine::trouble_code(at.engine.health().trouble())},
       {"time", time_json(at.engine)},
       {"store", store_json(at)},
       {"backup", backup_json(at)},
       {"keys", keys ? std::move(*keys) : Json::array()},
       {"writer", Json::object({{"queue", static_cast<int64_t>(at.engine.queue_size())}})},
       {"live", live_json(at)},
       {"vision", vision_json(at.engine)},
       {"packs", packs_json(at)},
       {"schema", at.engine.schema_progress()}});
}

int64_t resident_bytes() {
  std::ifstream in("/proc/self/statm");
  int64_t pages = 0, resident = 0;
  in >> pages >> resident;
  return resident * ::sysconf(_SC_PAGESIZE);
}

std::string metrics_text(Services& at) {
  const engine::Health::Counts& counts = at.engine.health().counts;
  Json live = live_json(at);
  Json size = engine::store_size(at.engine);
  bool is_well = at.engine.health().trouble() == engine::Trouble::None;
  std::string out = at.metrics.text();
  out += metric("up_to_write", "gauge", "1 while commands are taken.", is_well ? 1 : 0);
  out += metric("commands_total", "counter", "Commands and timers committed.", counts.commands);
  out += metric("commands_refused_total", "counter", "Refused for trouble.", counts.refused);
  out += metric("commits_total", "counter", "Groups that became durable.", counts.groups);
  out += metric("commits_failed_total", "counter", "Groups that the store lost.",
                counts.failed_groups);
  out += metric("timers_total", "counter", "Timers fired.", counts.timers);
  out += metric("clock_steps_total", "counter", "Steps of the machine's clock.", counts.steps);
  out += metric("recoveries_total", "counter", "Ends of trouble.", counts.recoveries);
  out += metric("alarm_parts_failed_total", "counter",
                "Consequences of alarms that could not be written.", counts.contained);
  out += metric("last_commit_microseconds", "gauge", "The newest group.", counts.last_commit_us);
  out += metric("writer_queue", "gauge", "Commands that wait.",
                static_cast<int64_t>(at.engine.queue_size()));
  out += metric("live_sockets", "gauge", "Open live streams.", live.int_or("sockets", 0));
  out += metric("live_bytes", "gauge", "Told and not acknowledged.", live.int_or("bytes", 0));
  out += metric("store_bytes", "gauge", "The database.", size.int_or("bytes", 0));
  out += metric("free_bytes", "gauge", "Free where the data lie.", size.int_or("free_bytes", 0));
  return out + metric("resident_bytes", "gauge", "Memory of the process.", resident_bytes());
}

Json counters_json(Services& at) {
  const engine::Health::Counts& counts = at.engine.health().counts;
  return Json::object({{"commands", counts.commands.load()},
                       {"refused", counts.refused.load()},
                       {"groups", counts.groups.load()},
                       {"failed_groups", counts.failed_groups.load()},
                       {"timers", counts.timers.load()},
                       {"steps", counts.steps.load()},
                       {"recoveries", counts.recoveries.load()},
                       {"contained", counts.contained.load()},
                       {"resident_bytes", resident_bytes()}});
}

}  // namespace

namespace handle {

Result<Json> status(Services& at, const Call& call) {
  TRY(require_administrator(at, call.by));
  return status_json(at);
}

Result<Answer> metrics(Services& at, const Call& call) {
  if (!is_loopback(call.request.address)) {
    // The table calls this route public: a scraper on this machine has no session.
    access::Subject by = TRY(at.engine.authenticate(credential_text(call.request)));
    TRY(require_administrator(at, by));
  }
  return Answer{.type = "text/plain; version=0.0.4; charset=utf-8",
                .headers = {{"Cache-Control", "no-store"}},
                .body = metrics_text(at)};
}

Result<Answer> diagnostics(Services& at, const Call& call) {
  TRY(require_administrator(at, call.by));
  auto text = [](const Json& json) { return write_json_pretty(json) + "\n"; };
  Json status = status_json(at);
  // Where backups lie is a path of this machine, and nobody else's matter.
  Json backup = status["backup"];
  backup.remove("folder");
  status.set("backup", std::move(backup));
  Result<Json> facts = engine::store_facts(at.engine);
  std::vector<ZipEntry> entries = {
      {"status.json", text(status)},
      {"about.json", text(at.config.outside.about)},
      {"counters.json", text(counters_json(at))},
      {"metrics.txt", metrics_text(at)},
      {"store.json", facts ? text(*facts) : facts.error().detail + "\n"},
      {"log.jsonl", at.config.outside.log_tail ? at.config.outside.log_tail() : ""}};
  return Answer{
      .type = "application/zip",
      .headers = {{"Content-Disposition", "attachment; filename=\"anlan-diagnostics.zip\""},
                  {"Cache-Control", "no-store"}},
      .body = zip_of(entries)};
}

}  // namespace handle
}  // namespace anlan::api
