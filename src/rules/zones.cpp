#include "rules/zones.h"

#include <algorithm>
#include <charconv>

#include "core/text.h"
#include "rules/temporal.h"

namespace anlan::rules {

namespace {

// Names may be cut to any unique beginning in a .zi file.
int find_abbreviated(std::string_view text, std::initializer_list<std::string_view> names) {
  int index = 0;
  for (std::string_view name : names) {
    if (!text.empty() && lower_ascii(name).starts_with(lower_ascii(text))) return index;
    ++index;
  }
  return -1;
}

int month_of(std::string_view text) {
  return 1 + std::max(0, find_abbreviated(
                             text, {"January", "February", "March", "April", "May", "June", "July",
                                    "August", "September", "October", "November", "December"}));
}

int weekday_of(std::string_view text) {
  return 1 + std::max(0, find_abbreviated(text, {"Monday", "Tuesday", "Wednesday", "Thursday",
                                                 "Friday", "Saturday", "Sunday"}));
}

int whole(std::string_view text, int otherwise) {
  int out = otherwise;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

// "1:30", "-0:15:20", "2".
int32_t seconds_of(std::string_view text) {
  bool below = text.starts_with('-');
  if (below) text.remove_prefix(1);
  int32_t out = 0;
  int32_t unit = 3600;
  for (std::string_view part : split(text, ':')) {
    out += whole(part, 0) * unit;
    unit /= 60;
  }
  return below ? -out : out;
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> out;
  for (std::string_view word : split(line, ' ')) {
    if (!word.empty()) out.push_back(word);
  }
  return out;
}

}  // namespace

struct ZonesReader {
  using Words = std::vector<std::string_view>;
  Zones out{};
  std::string zone{};  // whose eras the next lines continue
  int32_t last_save = 0;

  static Zones::Day day(std::string_view text) {
    using Kind = Zones::Day::Kind;
    if (text.starts_with("last")) return {Kind::Last, weekday_of(text.substr(4)), 0};
    for (std::string_view sign : {">=", "<="}) {
      std::size_t at = text.find(sign);
      if (at == std::string_view::npos) continue;
      Kind kind = sign == ">=" ? Kind::AtLeast : Kind::AtMost;
      return {kind, weekday_of(text.substr(0, at)), whole(text.substr(at + 2), 1)};
    }
    if (text.find_first_not_of("0123456789") != std::string_view::npos) {
      return {Kind::Last, weekday_of(text.substr(1)), 0};  // "l" for last, cut short
    }
    return {Kind::Fixed, 0, whole(text, 1)};
  }

  static Zones::Moment moment(const Words& words, std::size_t at) {
    Zones::Moment out;
    if (at < words.size()) out.month = month_of(words[at]);
    if (at + 1 < words.size()) out.day = day(words[at + 1]);
    if (at + 2 >= words.size()) return out;
    std::string_view time = words[at + 2];
    char mark = time.back();
    if (mark == 's') out.clock = Zones::Clock::Standard;
    if (mark == 'u' || mark == 'g' || mark == 'z') out.clock = Zones::Clock::Universal;
    if (mark < '0' || mark > '9') time.remove_suffix(1);
    out.seconds = seconds_of(time);
    return out;
  }

  // R NAME FROM TO - IN ON AT SAVE LETTER
  void rule(const Words& words) {
    if (words.size() < 9) return;
    Zones::Rule rule;
    rule.from_year = whole(words[2], 0);
    rule.to_year = whole(words[3], words[3].starts_with('o') ? rule.from_year : kYearMax);
    rule.at = moment(words, 5);
    rule.save = seconds_of(words[8]);
    out.rules_[std::string(words[1])].push_back(rule);
  }

  // STDOFF RULES FORMAT [UNTIL]
  void era(const Words& words, std::size_t at) {
    if (words.size() < at + 3) return;
    Zones::Era era;
    era.standard = seconds_of(words[at]);
    std::string_view rules = words[at + 1];
    bool is_save = rules.front() == '-' || (rules.front() >= '0' && rules.front() <= '9');
    if (is_save && rules != "-") era.save = seconds_of(rules);
    if (!is_save) era.rules = rules;
    if (words.size() > at + 3) {
      Zones::Moment until = moment(words, at + 4);
      int64_t local = Zones::moment_seconds(whole(words[at + 3], 0), until);
      era.until_utc = Zones::to_utc(local, Zones::Clock::Universal, 0, 0);
      int64_t standard = Zones::to_utc(local, until.clock, era.standard, 0);
      int32_t save = era.rules.empty() ? era.save : out.save_at(era, standard - 1);
      era.until_utc = Zones::to_utc(local, until.clock, era.standard, save);
    }
    out.zones_[zone].push_back(era);
  }

  void line(std::string_view text) {
    Words words = words_of(text);
    if (words.empty() || text.starts_with('#')) return;
    if (words[0] == "R") return rule(words);
    if (words[0] == "L" && words.size() == 3) {
      out.links_[std::string(words[2])] = words[1];
      return;
    }
    if (words[0] == "Z" && words.size() > 1) {
      zone = words[1];
      return era(words, 2);
    }
    if (!zone.empty()) era(words, 0);
  }
};

int64_t Zones::moment_seconds(int64_t year, const Moment& moment) {
  int32_t y = static_cast<int32_t>(std::clamp<int64_t>(year, -kYearMax, kYearMax));
  Date date{y, moment.month, 1};
  int last = days_in_month(y, moment.month);
  int day = std::min(moment.day.day, last);
  if (moment.day.kind == Day::Kind::Last) day = last;
  date.day = std::max(day, 1);
  int64_t days = days_from_date(date);
  if (moment.day.kind == Day::Kind::AtLeast) days += (moment.day.weekday - weekday(date) + 7) % 7;
  if (moment.day.kind == Day::Kind::Last || moment.day.kind == Day::Kind::AtMost) {
    days -= (weekday(date) - moment.day.weekday + 7) % 7;
  }
  return days * kDaySeconds + moment.seconds;
}

int64_t Zones::to_utc(int64_t local, Clock clock, int32_t standard, int32_t save) {
  if (clock == Clock::Universal) return local;
  return local - standard - (clock == Clock::Wall ? save : 0);
}

// The last change before the instant, looked for in its own and the two years before.
int32_t Zones::save_at(const Era& era, int64_t utc_seconds) const {
  if (era.rules.empty()) return era.save;
  auto rules = rules_.find(era.rules);
  if (rules == rules_.end()) return 0;
  auto today = date_from_days(utc_seconds / kDaySeconds);
  int64_t year = today ? today->year : utc_seconds < 0 ? -kYearMax : kYearMax;
  struct Change {
    int64_t standard_utc;
    const Rule* rule;
    int64_t year;
  };
  std::vector<Change> changes;
  for (const Rule& rule : rules->second) {
    int64_t last = std::min<int64_t>(rule.to_year, year + 1);
    for (int64_t y = std::max<int64_t>(rule.from_year, last - 2); y <= last; ++y) {
      int64_t local = moment_seconds(y, rule.at);
      changes.push_back({to_utc(local, rule.at.clock, era.standard, 0), &rule, y});
    }
  }
  std::ranges::sort(changes, {}, &Change::standard_utc);
  int32_t save = 0;
  for (const Change& change : changes) {
    int64_t local = moment_seconds(change.year, change.rule->at);
    if (to_utc(local, change.rule->at.clock, era.standard, save) > utc_seconds) break;
    save = change.rule->save;
  }
  return save;
}

const std::vector<Zones::Era>* Zones::find(std::string_view name) const {
  auto link = links_.find(name);
  auto zone = zones_.find(link == links_.end() ? name : std::string_view(link->second));
  return zone == zones_.end() ? nullptr : &zone->second;
}

bool Zones::has(std::string_view name) const { return find(name) != nullptr; }

std::optional<int32_t> Zones::offset_at_utc(std::string_view name, int64_t utc_seconds) const {
  const std::vector<Era>* eras = find(name);
  if (eras == nullptr) return std::nullopt;
  for (const Era& era : *eras) {
    if (utc_seconds < era.until_utc) return era.standard + save_at(era, utc_seconds);
  }
  return std::nullopt;
}

std::optional<int32_t> Zones::offset_at_local(std::string_view name, int64_t local) const {
  auto before = offset_at_utc(name, local - kDaySeconds);
  if (!before) return std::nullopt;
  auto after = offset_at_utc(name, local + kDaySeconds);
  if (!after || *before == *after) return before;
  if (offset_at_utc(name, local - *before) == before) return before;
  if (offset_at_utc(name, local - *after) == after) return after;
  return before;
}

Result<Zones> Zones::parse(std::string_view tzdata_zi) {
  ZonesReader reader;
  for (std::string_view line : split(tzdata_zi, '\n')) reader.line(line);
  if (reader.out.zones_.empty()) return refuse(ErrorCode::BadRequest, "no zone in the zone data");
  return std::move(reader.out);
}

}  // namespace anlan::rules
