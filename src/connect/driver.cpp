#include "connect/driver.h"

#include <algorithm>
#include <chrono>

#include "core/json.h"
#include "core/log.h"

namespace anlan::connect {
namespace {

int64_t steady_second() {
  auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(now).count();
}

int64_t add_all(RowCounts& book, const RowCounts& rows) {
  int64_t sum = 0;
  for (const auto& [reason, count] : rows) {
    book[reason] += count;
    sum += count;
  }
  return sum;
}

}  // namespace

std::vector<SourceItem> Driver::items(std::string_view) { return {}; }
// Only some have gates.
void Driver::set_gate(std::string_view, bool, std::string_view) {}
void Driver::set_allowed(std::string_view, const Allowed&) {}

void ClockWatch::note(Instant at, Instant received) {
  int64_t number = received.ns / kSlot.ns;
  Slot& slot = slots_[static_cast<std::size_t>(number) % slots_.size()];
  Duration behind = received - at;
  if (slot.number != number) slot = {.number = number, .least = behind};
  slot.least = std::min(slot.least, behind);
  newest_ = number;
}

std::optional<Duration> ClockWatch::behind() const {
  std::optional<Duration> least;
  for (const Slot& slot : slots_) {
    if (is_fresh(slot) && (!least || slot.least < *least)) least = slot.least;
  }
  return least;
}

bool ClockWatch::is_sure() const {
  if (behind().value_or(Duration{}) < Duration{}) return true;
  return std::ranges::count_if(slots_, [this](const Slot& slot) { return is_fresh(slot); }) > 1;
}

SourceBook::SourceBook(std::string code, std::string protocol, Duration skew_max)
    : skew_max_(skew_max) {
  state_.code = std::move(code);
  state_.protocol = std::move(protocol);
  state_.trouble = "not started";
}

void SourceBook::settle(const Settled& settled) {
  std::lock_guard lock(mutex_);
  state_.stored += settled.stored;
  state_.duplicate += settled.duplicate;
  int64_t refused = add_all(state_.rejected, settled.rejected);
  int64_t lost = add_all(state_.dropped, settled.dropped);
  state_.received += settled.stored + settled.duplicate + refused + lost;
}

void SourceBook::answered(Instant at, double round_trip_ms) {
  int64_t now = steady_second();
  std::lock_guard lock(mutex_);
  ++state_.requests;
  state_.last_at = at;
  Second& second = seconds_[now % seconds_.size()];
  if (second.second != now) second = {.second = now};
  second.sum_ms += round_trip_ms;
  ++second.count;
}

void SourceBook::failed() {
  std::lock_guard lock(mutex_);
  ++state_.requests;
  ++state_.failures;
}

void SourceBook::heard(Instant at) {
  std::lock_guard lock(mutex_);
  state_.last_at = at;
}

void SourceBook::stamped(Instant at, Instant received) {
  std::lock_guard lock(mutex_);
  clock_.note(at, received);
  judge_clock();
}

// Back within half of the limit it is right again, so that it does not flutter.
void SourceBook::judge_clock() {
  state_.behind = clock_.behind();
  state_.is_clock_sure = clock_.is_sure();
  Duration off{std::abs(state_.behind.value_or(Duration{}).ns)};
  bool is_wrong =
      state_.is_clock_wrong ? off.ns > skew_max_.ns / 2 : off > skew_max_ && clock_.is_sure();
  if (is_wrong == state_.is_clock_wrong) return;
  state_.is_clock_wrong = is_wrong;
  log(LogLevel::Warning, is_wrong ? "the clock of a source is wrong" : "a source's clock is right",
      Json::object({{"source", state_.code}, {"behind_ms", state_.behind->to_milliseconds()}}));
}

std::optional<Duration> SourceBook::behind() {
  std::lock_guard lock(mutex_);
  return state_.behind;
}

void SourceBook::up() {
  std::lock_guard lock(mutex_);
  if (!state_.is_up) state_.trouble.clear();
  state_.is_up = true;
}

void SourceBook::down(std::string trouble) {
  std::lock_guard lock(mutex_);
  state_.is_up = false;
  state_.trouble = std::move(trouble);
}

void SourceBook::note(std::string trouble) {
  std::lock_guard lock(mutex_);
  state_.trouble = std::move(trouble);
}

void SourceBook::detail(Json detail) {
  std::lock_guard lock(mutex_);
  state_.detail = std::move(detail);
}

SourceState SourceBook::state() {
  int64_t oldest = steady_second() - static_cast<int64_t>(seconds_.size());
  std::lock_guard lock(mutex_);
  double sum = 0;
  int64_t count = 0;
  for (const Second& second : seconds_) {
    if (second.second <= oldest) continue;
    sum += second.sum_ms;
    count += second.count;
  }
  state_.round_trip_ms = count == 0 ? 0 : sum / static_cast<double>(count);
  return state_;
}

void StopSign::raise() {
  std::lock_guard lock(mutex_);
  is_raised_ = true;
  changed_.notify_all();
}

void StopSign::lower() {
  std::lock_guard lock(mutex_);
  is_raised_ = false;
}

bool StopSign::is_raised() {
  std::lock_guard lock(mutex_);
  return is_raised_;
}

bool StopSign::wait_for(Duration length) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, std::chrono::nanoseconds(std::max<int64_t>(length.ns, 0)),
                           [this] { return is_raised_; });
}

Duration BackOff::next() {
  constexpr Duration kFirst = Duration::milliseconds(500), kLongest = Duration::seconds(15);
  Duration plain = failures_ >= 5 ? kLongest : kFirst * (int64_t{1} << failures_);
  ++failures_;
  failures_ = std::min(failures_, 5);
  uint64_t spread = static_cast<uint64_t>(plain.ns / 2);
  return {plain.ns - plain.ns / 4 + static_cast<int64_t>(random_.below(spread))};
}

BaseDriver::BaseDriver(Source source, std::string protocol, Sink& sink, Clock& clock)
    : source_(std::move(source)),
      sink_(sink),
      clock_(clock),
      book_(source_.code, std::move(protocol), source_.skew_max),
      back_off_(static_cast<uint64_t>(clock.now().ns) ^ std::hash<std::string>{}(source_.code)) {}

void BaseDriver::start() {
  if (thread_.joinable()) return;
  stop_.lower();
  before_thread();
  thread_ = std::thread([this] { run(); });
}

void BaseDriver::stop() {
  stop_.raise();
  if (thread_.joinable()) thread_.join();
  after_thread();
  book_.down("stopped");
}

void BaseDriver::run() {
  while (!stop_.is_raised()) {
    std::string trouble = session();
    closed();
    if (stop_.is_raised()) break;
    link_failed(std::move(trouble));
    if (stop_.wait_for(back_off_.next())) break;
  }
  is_up_ = false;
  finished();
}

void BaseDriver::link_works() {
  back_off_.reset();
  if (is_up_) return;
  is_up_ = true;
  book_.up();
  log(LogLevel::Info, "source is up", Json::object({{"source", source_.code}}));
}

void BaseDriver::link_failed(std::string trouble) {
  if (is_up_) {
    log(LogLevel::Warning, "source is down",
        Json::object({{"source", source_.code}, {"trouble", trouble}}));
  }
  is_up_ = false;
  book_.down(std::move(trouble));
  lost();
}

void BaseDriver::book_stored(Settled& settled, std::size_t count, const Result<void>& given) {
  if (given) settled.stored += static_cast<int64_t>(count);
  else settled.dropped["sink_failed"] += static_cast<int64_t>(count);
}

bool BaseDriver::give(Settled& settled, std::span<const history::Sample> live,
                      std::span<const history::Sample> kept) {
  bool is_whole = true;
  auto book = [&](std::span<const history::Sample> some, const Result<void>& given) {
    book_stored(settled, some.size(), given);
    is_whole = is_whole && given.has_value();
  };
  if (!kept.empty()) book(kept, sink_.historical(source_.code, kept));
  if (!live.empty()) book(live, sink_.samples(source_.code, live));
  return is_whole;
}

}  // namespace anlan::connect
