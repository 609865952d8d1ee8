#include "connect/source_set.h"

#include <algorithm>
#include <format>
#include <set>
#include <utility>

#include "connect/source_secrets.h"
#include "core/json.h"
#include "core/log.h"

namespace anlan::connect {
namespace {

Result<Source> read_source(const Json& row, const std::string& data_folder) {
  Source one = TRY(parse_source(row));
  TRY(add_secrets(data_folder, one));
  return one;
}

}  // namespace

std::vector<PlannedSource> plan_sources(const Json& rows, const std::string& data_folder) {
  std::vector<PlannedSource> plan;
  std::set<std::string> codes;
  std::size_t count = 0;
  for (const Json& row : rows.as_array()) {
    PlannedSource one{.code = row.text_or("code", "?"), .protocol = row.text_or("protocol", "?")};
    Result<Source> source = read_source(row, data_folder);
    if (!codes.insert(one.code).second) source = refuse(ErrorCode::Duplicate, one.code, "code");
    if (source && ++count > kSourcesMax) {
      source = refuse(ErrorCode::LimitReached, std::format("{} sources at most", kSourcesMax));
    }
    if (source) one.source = *std::move(source);
    else one.refusal = source.error();
    plan.push_back(std::move(one));
  }
  return plan;
}

void SourceSet::apply(std::vector<PlannedSource> plan) {
  std::vector<Entry> fresh;
  std::vector<std::unique_ptr<Sources>> ended;
  {
    std::lock_guard lock(mutex_);
    for (PlannedSource& one : plan) {
      Entry entry{.plan = std::move(one)};
      auto same = std::ranges::find_if(entries_, [&](const Entry& old) {
        return old.running && old.plan.code == entry.plan.code &&
               old.plan.source == entry.plan.source;
      });
      if (same != entries_.end()) entry.running = std::move(same->running);
      fresh.push_back(std::move(entry));
    }
    for (Entry& old : entries_) {
      if (old.running) ended.push_back(std::move(old.running));
    }
    entries_ = std::move(fresh);
  }
  for (auto& old : ended) old->stop();  // first: two of one code would fight for a broker's session
  std::lock_guard lock(mutex_);
  for (Entry& entry : entries_) {
    if (entry.plan.source && !entry.running) begin(entry);
  }
}

void SourceSet::begin(Entry& entry) {
  auto made = Sources::make({*entry.plan.source}, sink_, clock_, &gateways_);
  if (!made) {
    entry.plan.refusal = made.error();
    return;
  }
  entry.running = *std::move(made);
  for (const auto& [gate, rule] : gates_) entry.running->set_gate(gate, rule.first, rule.second);
  for (const auto& [gate, badges] : allowed_) entry.running->set_allowed(gate, badges);
  entry.running->start();
}

void SourceSet::stop() {
  std::vector<Entry> entries;
  {
    std::lock_guard lock(mutex_);
    entries = std::exchange(entries_, {});
  }
  for (Entry& entry : entries) {
    if (entry.running) entry.running->stop();
  }
}

std::vector<SourceState> SourceSet::states() {
  std::vector<SourceState> states;
  std::lock_guard lock(mutex_);
  for (const Entry& entry : entries_) {
    if (entry.running) {
      states.push_back(entry.running->states().front());
      continue;
    }
    SourceState state{.code = entry.plan.code, .protocol = entry.plan.protocol};
    state.trouble = "not started";
    state.refusal = entry.plan.refusal;
    states.push_back(std::move(state));
  }
  return states;
}

std::vector<SourceItem> SourceSet::items(std::string_view code, std::string_view node) {
  std::lock_guard lock(mutex_);
  for (const Entry& entry : entries_) {
    if (entry.running && entry.plan.code == code) return entry.running->items(code, node);
  }
  return {};
}

bool SourceSet::has_refused() {
  std::lock_guard lock(mutex_);
  return std::ranges::any_of(entries_, [](const Entry& entry) { return !entry.running; });
}

void SourceSet::set_gate(std::string_view gate, bool is_open, std::string_view reason) {
  std::lock_guard lock(mutex_);
  gates_.insert_or_assign(std::string(gate), std::pair(is_open, std::string(reason)));
  for (Entry& entry : entries_) {
    if (entry.running) entry.running->set_gate(gate, is_open, reason);
  }
}

void SourceSet::set_allowed(std::string_view gate, const Allowed& badges) {
  std::lock_guard lock(mutex_);
  allowed_.insert_or_assign(std::string(gate), badges);
  for (Entry& entry : entries_) {
    if (entry.running) entry.running->set_allowed(gate, badges);
  }
}

}  // namespace anlan::connect
