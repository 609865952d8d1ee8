// The driver of recorded tables: no link at all, but times and speed, so that rules and people can
// be tried on what once happened. Values older than a moment are historical: kept, neither live nor
// cause of an alarm.

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <format>
#include <fstream>
#include <iterator>

#include "connect/driver.h"
#include "connect/mqtt_wire.h"
#include "connect/replay_table.h"

namespace anlan::connect {
namespace {

constexpr Duration kLiveMost = Duration::seconds(10);  // older is historical
constexpr std::size_t kRowsPerTurn = 500;
constexpr Duration kLongest = Duration::seconds(3600);

class ReplayDriver final : public BaseDriver {
 public:
  ReplayDriver(Source source, Sink& sink, Clock& clock)
      : BaseDriver(std::move(source), "replay", sink, clock), last_(source_.tags.size(), NAN) {}
  ~ReplayDriver() override { stop(); }

 private:
  std::string session() override {
    std::string trouble = read_file();
    if (!trouble.empty()) return trouble;
    link_works();
    if (table_.rejected > 0) {
      book_.settle({.rejected = {{"bad_row", std::exchange(table_.rejected, 0)}}});
    }
    do {
      play();
    } while (source_.is_endless && !stop_.wait_for(source_.step));
    if (stop_.is_raised()) return "";
    end();
    while (!stop_.wait_for(kLongest)) continue;
    return "";
  }

  std::string read_file() {
    std::string path = (std::filesystem::path(source_.folder) / "replay" / source_.file).string();
    std::ifstream file(path, std::ios::binary);
    std::string bytes(kReplayBytesMax + 1, '\0');
    file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    bytes.resize(static_cast<std::size_t>(file.gcount()));
    if (bytes.empty()) return std::format("no file replay/{} in the data folder", source_.file);
    auto table = parse_replay(bytes, source_.step, replay_offset(source_));
    if (!table) return std::format("replay/{}: {}", source_.file, table.error().detail);
    table_ = *std::move(table);
    columns_.clear();
    for (const TagAddress& tag : source_.tags) {
      auto found = std::ranges::find(table_.columns, tag.path);
      if (found == table_.columns.end()) {
        return std::format("replay/{} has no column {}", source_.file, tag.path);
      }
      columns_.push_back(static_cast<std::size_t>(found - table_.columns.begin()));
    }
    return "";
  }

  void play() {
    begun_ = clock_.now();
    for (std::size_t row = 0; row < table_.times.size() && !stop_.is_raised();) {
      Duration wait = due(row) - clock_.now();
      if (source_.speed > 0 && wait.ns > 0 && stop_.wait_for(std::min(wait, kLongest))) return;
      std::size_t end = row;
      Instant now = clock_.now();
      while (end < table_.times.size() && end - row < kRowsPerTurn && is_due(end, now)) ++end;
      tell(row, end, now);
      row = end;
    }
  }

  bool is_due(std::size_t row, Instant now) const { return source_.speed == 0 || due(row) <= now; }
  // When a row is told, by our clock.
  Instant due(std::size_t row) const {
    if (source_.speed == 0) return begun_;
    auto passed = static_cast<double>((table_.times[row] - table_.times[0]).ns);
    return begun_ + Duration{static_cast<int64_t>(passed / source_.speed)};
  }
  bool keeps_times() const { return table_.has_times && !source_.is_as_now; }

  void tell(std::size_t first, std::size_t end, Instant now) {
    Settled settled;
    std::vector<history::Sample> live, old;
    for (std::size_t row = first; row < end; ++row) {
      Instant at = keeps_times() ? table_.times[row] : due(row);
      for (std::size_t i = 0; i < columns_.size(); ++i) {
        const TagAddress& tag = source_.tags[i];
        double value = table_.cell(row, columns_[i]) * tag.scale + tag.offset;
        if (at > now + kFutureMax) {
          ++settled.rejected["future"];
        } else if (!std::isfinite(value)) {
          ++settled.rejected["bad_value"];
        } else {
          last_[i] = value;
          (at < now - kLiveMost ? old : live)
              .push_back({.tag = tag.tag, .at = at, .received = now, .value = value});
        }
      }
    }
    if (!old.empty()) book_stored(settled, old.size(), sink_.historical(source_.code, old));
    if (!live.empty()) book_stored(settled, live.size(), sink_.samples(source_.code, live));
    if (first < end) book_.heard(now);
    book_.settle(settled);
  }

  // What was told as now is no longer known.
  void end() {
    book_.note("the recording has ended");
    if (keeps_times()) return;
    Instant now = clock_.now();
    std::vector<history::Sample> stale;
    for (std::size_t i = 0; i < last_.size(); ++i) {
      if (std::isnan(last_[i])) continue;
      stale.push_back({.tag = source_.tags[i].tag,
                       .at = now,
                       .received = now,
                       .value = last_[i],
                       .quality = history::Quality::Stale});
    }
    if (stale.empty()) return;
    Settled settled;
    book_stored(settled, stale.size(), sink_.samples(source_.code, stale));
    book_.settle(settled);
  }

  ReplayTable table_;
  std::vector<std::size_t> columns_;  // of each tag
  std::vector<double> last_;          // of each tag
  Instant begun_{};
};

}  // namespace

std::unique_ptr<Driver> make_replay_driver(Source source, Sink& sink, Clock& clock) {
  return std::make_unique<ReplayDriver>(std::move(source), sink, clock);
}

}  // namespace anlan::connect
