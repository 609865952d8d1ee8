#include "api/live.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "core/limits.h"
#include "core/log.h"

namespace anlan::api {
namespace {

constexpr std::size_t kMessageBytesMax = 100'000;  // a watch of 2,000 tags; a hello has 300
constexpr std::size_t kNotesMax = 256;             // unread messages of one socket
constexpr std::string_view kAck = R"({"type":"ack",)";
constexpr std::size_t kAckBytesMax = 64;
constexpr std::size_t kTopicsMax = 50;
constexpr std::size_t kBatchMax = 500;  // events told in one go, so that nobody waits long
constexpr int64_t kResumeMax = 5'000;   // further behind, loading anew is cheaper
constexpr std::size_t kCreditMin = 4'096;
constexpr Duration kGreetWithin = Duration::seconds(10);
constexpr Duration kBlockedMax = Duration::seconds(30);
constexpr Duration kSilentMax = Duration::seconds(90);  // pings go out every 30 s
constexpr Duration kCheckEvery = Duration::minutes(1);

// RFC 6455, 7.4.1, and 1013 of the registry that it founds.
enum CloseCode { GoingAway = 1001, BadMessage = 1003, Violation = 1008, TryLater = 1013 };

void mark(auto& listener, CloseCode code, std::string_view reason) {
  if (listener.close_code != 0) return;
  listener.close_code = code;
  listener.close_reason = reason;
}

// What a newer event of the same record makes worthless.
std::string record_key(const store::StoredEvent& event) {
  const Json& payload = event.payload;
  std::string id = payload.text_or("record", payload.text_or("id", payload.text_or("alarm", "")));
  return id.empty() ? id : event.topic + "\n" + id + "\n" + payload.text_or("task", "");
}

Json event_message(const store::StoredEvent& event) {
  return Json::object({{"type", "event"},
                       {"seq", event.seq},
                       {"at", format_instant(event.at)},
                       {"topic", event.topic},
                       {"payload", event.payload}});
}

Json note_message(std::string_view type, int64_t seq) {
  return Json::object({{"type", type}, {"seq", seq}});
}

constexpr std::chrono::milliseconds kTurnEvery{1000};
constexpr std::chrono::milliseconds kValuesEvery{200};
constexpr std::size_t kWatchedMax = 2'000;  // tags on one screen, with room

void put(std::string& out, auto value) {
  // Little-endian, as every machine is that Debian 13 runs on with this code.
  static_assert(std::endian::native == std::endian::little);
  std::array<char, sizeof(value)> bytes;
  std::memcpy(bytes.data(), &value, sizeof(value));
  out.append(bytes.data(), bytes.size());
}

// u32 number, u32 n, f64 milliseconds, then columns: u32 index, f64 value, i32 ms before or after
// that time, u8 quality (docs/formats/http.md).
std::string values_frame(
    uint32_t number, Instant now,
    const std::vector<std::pair<history::TagIndex, engine::LiveValue>>& changed) {
  std::string out;
  put(out, number);
  put(out, static_cast<uint32_t>(changed.size()));
  put(out, static_cast<double>(now.to_milliseconds()));
  for (const auto& [tag, live] : changed) put(out, tag);
  for (const auto& [tag, live] : changed) put(out, live.value);
  for (const auto& [tag, live] : changed) {
    int64_t age = std::clamp<int64_t>((live.at - now).to_milliseconds(), INT32_MIN, INT32_MAX);
    put(out, static_cast<int32_t>(age));
  }
  for (const auto& [tag, live] : changed) put(out, static_cast<uint8_t>(live.quality));
  return out;
}

}  // namespace

Live::~Live() { stop(); }

void Live::start() {
  thread_ = std::thread([this] { serve(); });
}

void Live::stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
  for (auto& [id, listener] : listeners_) mark(listener, GoingAway, "the server stops");
  sweep();
}

std::optional<Live::SocketId> Live::open(Opening opening) {
  std::lock_guard lock(mutex_);
  if (open_count_ >= kSocketsMax || stopping_) return std::nullopt;
  ++open_count_;
  SocketId id = next_id_++;
  notes_.push_back({.kind = Note::Kind::Open, .id = id, .opening = std::move(opening)});
  waiting_[id] = 1;
  wake_.notify_one();
  return id;
}

bool Live::has_room() {
  std::lock_guard lock(mutex_);
  return open_count_ < kSocketsMax && !stopping_;
}

// A socket that floods is not read further: its place in the table stays full until it is closed.
// Acknowledgements are no flood: a page sends one for each of thousands of events that it was told
// in one go, and the newest says it for all before it.
void Live::message(SocketId id, std::string text) {
  std::lock_guard lock(mutex_);
  auto waiting = waiting_.find(id);
  if (waiting == waiting_.end() || waiting->second > kNotesMax) return;
  if (text.size() <= kAckBytesMax && text.starts_with(kAck)) {
    auto [unread, is_first] = acks_.try_emplace(id, notes_.size());
    if (!is_first) {
      notes_[unread->second].text = std::move(text);
      return;
    }
  }
  bool is_flood = ++waiting->second > kNotesMax || text.size() > kMessageBytesMax;
  notes_.push_back(
      {.kind = Note::Kind::Message, .id = id, .text = is_flood ? "" : std::move(text)});
  wake_.notify_one();
}

void Live::alive(SocketId id) {
  std::lock_guard lock(mutex_);
  auto waiting = waiting_.find(id);
  if (waiting == waiting_.end() || waiting->second >= kNotesMax) return;
  ++waiting->second;
  notes_.push_back({.kind = Note::Kind::Alive, .id = id});
  wake_.notify_one();
}

void Live::closed(SocketId id) {
  std::lock_guard lock(mutex_);
  if (waiting_.erase(id) == 0) return;
  notes_.push_back({.kind = Note::Kind::Closed, .id = id});
  wake_.notify_one();
}

void Live::news() {
  std::lock_guard lock(mutex_);
  has_news_ = true;
  wake_.notify_one();
}

std::size_t Live::size() {
  std::lock_guard lock(mutex_);
  return open_count_;
}

void Live::serve() {
  while (true) {
    {
      std::unique_lock lock(mutex_);
      wake_.wait_for(lock, has_watchers_ ? kValuesEvery : kTurnEvery,
                     [this] { return stopping_ || has_news_ || !notes_.empty(); });
      if (stopping_) return;
    }
    turn();
  }
}

void Live::turn() {
  std::deque<Note> notes;
  {
    std::lock_guard lock(mutex_);
    notes.swap(notes_);
    acks_.clear();
    has_news_ = false;
    for (const Note& note : notes) {
      auto waiting = waiting_.find(note.id);
      if (waiting != waiting_.end() && waiting->second > 0) --waiting->second;
    }
  }
  for (Note& note : notes) take(std::move(note));
  tell_trouble();
  tell_all();
  tell_values(steady());
  tell_sent();
  std::size_t bytes = 0;
  for (auto& [id, listener] : listeners_) {
    look_after(listener, steady());
    bytes += listener.unacknowledged_bytes;
  }
  bytes_ = bytes;
  sweep();
}

// Lengths are measured on a clock that nobody sets: or a step would cut every page off.
Instant Live::steady() { return engine_.health().steady(); }

Json Live::trouble_message() const {
  return Json::object({{"type", "trouble"}, {"code", engine::trouble_code(told_trouble_)}});
}

void Live::tell_trouble() {
  engine::Trouble now = engine_.health().trouble();
  if (now == told_trouble_) return;
  told_trouble_ = now;
  for (auto& [id, listener] : listeners_) {
    if (listener.has_greeted && listener.close_code == 0) {
      listener.socket->send(write_json(trouble_message()));
    }
  }
}

void Live::take(Note note) {
  if (note.kind == Note::Kind::Open) {
    Instant now = steady();
    listeners_[note.id] = {.by = std::move(note.opening->by),
                           .token = std::move(note.opening->token),
                           .socket = std::move(note.opening->socket),
                           .opened = now,
                           .heard = now,
                           .checked = now};
    return;
  }
  auto found = listeners_.find(note.id);
  if (found == listeners_.end()) return;
  found->second.heard = steady();
  if (note.kind == Note::Kind::Alive) {
    found->second.is_pinged = false;
    found->second.values_open = 0;
  }
  if (note.kind == Note::Kind::Message) hear(found->second, note.text);
  if (note.kind == Note::Kind::Closed) {
    listeners_.erase(found);
    std::lock_guard lock(mutex_);
    --open_count_;
  }
}

void Live::hear(Listener& listener, const std::string& text) {
  Result<Json> message = parse_json(text, kMessageBytesMax);
  if (!message || !message->is_object()) return mark(listener, BadMessage, "not a message");
  std::string type = message->text_or("type", "");
  if (type == "hello" && !listener.has_greeted) return greet(listener, *message);
  if (type == "ack" && listener.has_greeted) {
    return acknowledge(listener, message->int_or("seq", 0));
  }
  if (type == "watch" && listener.has_greeted) return watch(listener, *message);
  mark(listener, Violation, "not expected now");
}

void Live::watch(Listener& listener, const Json& message) {
  const Json& tags = message["tags"];
  if (!tags.is_array() || tags.as_array().size() > kWatchedMax) {
    return mark(listener, BadMessage, "tags");
  }
  auto verdict =
      engine_.packs().policy.may(listener.by, {.form = "tag", .action = access::Action::List});
  auto plant = engine_.sensing().plant();
  listener.watched.clear();
  listener.values_place = 0;
  Json known = Json::array();
  for (const Json& code : tags.as_array()) {
    if (!code.is_text()) return mark(listener, BadMessage, "tags");
    auto index = engine_.sensing().find_tag(code.as_text());
    const engine::TagInfo* tag = index ? plant->tag(*index) : nullptr;
    if (tag == nullptr || !verdict.allowed || !matches(verdict.scope, tag->record)) continue;
    listener.watched.push_back(*index);
    known.push(Json::object({{"index", static_cast<int64_t>(*index)}, {"code", code}}));
  }
  listener.socket->send(
      write_json(Json::object({{"type", "watching"}, {"tags", std::move(known)}})));
}

void Live::tell_values(Instant now) {
  if (now < next_values_) return;
  next_values_ = now + Duration::milliseconds(kValuesEvery.count());
  Instant wall = engine_.clock().now();
  has_watchers_ = false;
  for (auto& [id, listener] : listeners_) {
    if (listener.watched.empty() || listener.close_code != 0) continue;
    has_watchers_ = true;
    // Who has not read what went before gets nothing on top: later it gets what is newest then.
    if (listener.is_pinged && listener.values_open >= listener.credit) continue;
    uint64_t place = 0;
    auto changed = engine_.sensing().changed_since(listener.values_place, listener.watched, place);
    listener.values_place = place;
    if (changed.empty()) continue;
    std::string frame = values_frame(++listener.values_count, wall, changed);
    listener.values_open += frame.size();
    listener.socket->send_values(std::move(frame));
    if (listener.is_pinged) continue;
    listener.is_pinged = true;
    listener.socket->ping();
  }
}

void Live::tell_sent() {
  if (sent_notices_.empty()) return;
  engine::NoticesSent what{.ids = std::move(sent_notices_)};
  sent_notices_.clear();
  engine_.submit({.by = engine::system_subject(), .what = std::move(what)}, [](Result<Json>) {});
}

void Live::greet(Listener& listener, const Json& hello) {
  const Json& topics = hello["topics"];
  if (!topics.is_array() || topics.as_array().size() > kTopicsMax) {
    return mark(listener, BadMessage, "topics");
  }
  for (const Json& topic : topics.as_array()) {
    if (!topic.is_text()) return mark(listener, BadMessage, "topics");
    listener.topics.push_back(topic.as_text());
  }
  Result<int64_t> last = engine_.last_event();
  if (!last) return mark(listener, TryLater, "no events now");
  int64_t wish = hello.int_or("credit", limits::kLiveCreditBytes);
  int64_t bounded = std::clamp<int64_t>(wish, kCreditMin, limits::kLiveCreditBytes);
  listener.credit = static_cast<std::size_t>(bounded);
  listener.has_greeted = true;
  int64_t from = hello.int_or("from", 0);
  // From the future: another server, or one that was put back from a backup.
  bool is_lost = from < 0 || from > *last || *last - from > kResumeMax;
  listener.place = from == 0 || is_lost ? *last : from;
  std::string_view type = from != 0 && is_lost ? "reset" : "welcome";
  listener.socket->send(write_json(note_message(type, listener.place)));
  if (told_trouble_ != engine::Trouble::None) {
    listener.socket->send(write_json(trouble_message()));
  }
}

void Live::acknowledge(Listener& listener, int64_t seq) {
  while (!listener.unacknowledged.empty() && listener.unacknowledged.front().seq <= seq) {
    listener.unacknowledged_bytes -= listener.unacknowledged.front().bytes;
    listener.unacknowledged.pop_front();
  }
}

void Live::tell_all() {
  visible_.clear();
  batch_place_ = -1;
  Result<int64_t> last = engine_.last_event();
  if (!last) return;
  bool has_more = false;
  for (auto& [id, listener] : listeners_) {
    if (!listener.has_greeted || listener.close_code != 0 || listener.place >= *last) continue;
    if (listener.is_blocked()) {
      if (!listener.blocked_since) listener.blocked_since = steady();
      continue;
    }
    Result<bool> told = tell(listener, *last);
    // Where the store is gone it waits at its place, and is told of the trouble meanwhile.
    has_more = has_more || (told && *told);
  }
  if (has_more) news();
}

Result<const Live::Events*> Live::batch_after(int64_t place) {
  if (batch_place_ != place) {
    batch_ = TRY(engine_.events_after(place, kBatchMax));
    batch_place_ = place;
  }
  return &batch_;
}

Result<bool> Live::tell(Listener& listener, int64_t last) {
  bool only_newest = listener.blocked_since.has_value();
  listener.blocked_since.reset();
  if (last - listener.place > kResumeMax) {
    listener.place = last;
    send(listener, note_message("reset", last), last);
    return false;
  }
  const Events& events = *TRY(batch_after(listener.place));
  std::map<std::string, int64_t> newest;
  for (const store::StoredEvent& event : events) {
    if (only_newest) newest[record_key(event)] = event.seq;
  }
  int64_t skipped = 0;
  for (const store::StoredEvent& event : events) {
    if (listener.is_blocked()) break;
    std::string key = only_newest ? record_key(event) : "";
    bool is_old = !key.empty() && newest[key] != event.seq;
    listener.place = event.seq;
    if (is_old || !TRY(wants(listener, event))) {
      skipped = event.seq;
      continue;
    }
    if (skipped != 0) send(listener, note_message("skip", skipped), skipped);
    skipped = 0;
    send(listener, event_message(event), event.seq);
    if (event.topic == "notice" && event.payload.bool_or("urgent", false)) {
      sent_notices_.push_back(event.payload.text_or("notice", ""));
    }
  }
  if (skipped != 0) send(listener, note_message("skip", skipped), skipped);
  if (listener.is_blocked()) listener.blocked_since = steady();
  return !events.empty() && !listener.is_blocked() && listener.place < last;
}

Result<bool> Live::wants(const Listener& listener, const store::StoredEvent& event) {
  if (std::ranges::find(listener.topics, event.topic) == listener.topics.end()) return false;
  std::pair key{listener.by.person.uuid, event.seq};
  auto known = visible_.find(key);
  if (known != visible_.end()) return known->second;
  bool is_visible = TRY(engine_.may_see(listener.by, event));
  visible_[key] = is_visible;
  return is_visible;
}

void Live::send(Listener& listener, const Json& message, int64_t seq) {
  std::string text = write_json(message);
  listener.unacknowledged.push_back({.seq = seq, .bytes = text.size()});
  listener.unacknowledged_bytes += text.size();
  listener.socket->send(std::move(text));
}

void Live::look_after(Listener& listener, Instant now) {
  if (!listener.has_greeted && now - listener.opened > kGreetWithin) {
    mark(listener, Violation, "no hello");
  }
  if (now - listener.heard > kSilentMax) mark(listener, GoingAway, "silent");
  if (listener.blocked_since && now - *listener.blocked_since > kBlockedMax) {
    mark(listener, TryLater, "too slow");
  }
  if (now - listener.checked < kCheckEvery) return;
  // The session may have ended, and grants may have changed.
  listener.checked = now;
  Result<access::Subject> by = engine_.authenticate(listener.token);
  if (by) listener.by = std::move(*by);
  else if (by.error().code == ErrorCode::NotLoggedIn) mark(listener, Violation, "session ended");
}

void Live::sweep() {
  for (auto entry = listeners_.begin(); entry != listeners_.end();) {
    if (entry->second.close_code == 0) {
      ++entry;
      continue;
    }
    entry->second.socket->close(entry->second.close_code, entry->second.close_reason);
    std::lock_guard lock(mutex_);
    waiting_.erase(entry->first);
    --open_count_;
    entry = listeners_.erase(entry);
  }
}

}  // namespace anlan::api
