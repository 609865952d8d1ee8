#include "flow/ahead.h"

#include <set>

#include "flow/lookups.h"

namespace anlan::flow {

namespace {

template <class Id>
std::vector<std::string> texts_of(std::span<const Id> ids) {
  std::vector<std::string> texts;
  texts.reserve(ids.size());
  for (Id id : ids) texts.push_back(id.text());
  return texts;
}

}  // namespace

Result<std::vector<OfRecord>> read_ahead(store::View& view, std::span<const TaskId> tasks,
                                         std::span<const TimerId> timers) {
  std::vector<store::AheadAsk> leads{{lookups::kTask, texts_of(tasks)},
                                     {lookups::kTimer, texts_of(timers)}};
  std::vector<store::Rows> found = TRY(store::read_ahead(view, leads));
  std::set<std::string> cases;
  std::set<std::pair<std::string, std::string>> records;
  for (const store::Rows& rows : found) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      cases.insert(rows[i].text("case_id"));
      records.emplace(rows[i].text("form"), rows[i].text("record_id"));
    }
  }
  std::vector<std::string> ids(cases.begin(), cases.end());
  std::vector<store::AheadAsk> asks;
  for (const store::Lookup& question : {lookups::kCase, lookups::kActivations, lookups::kTokens,
                                        lookups::kTasks, lookups::kCandidates, lookups::kTimers}) {
    asks.push_back({question, ids});
  }
  TRY(store::read_ahead(view, asks));
  std::vector<OfRecord> out;
  for (const auto& [form, record] : records) {
    out.push_back({form, TRY(RecordId::parse(record))});
  }
  return out;
}

}  // namespace anlan::flow
