#include "engine/flow_trial.h"

#include "engine/flow_answers.h"
#include "engine/rules_host.h"
#include "flow/flow.h"
#include "records/records.h"

namespace anlan::engine {
namespace {

constexpr std::string_view kTakenBack = "a trial is taken back";

// What a record was at an instant: what it is now without the changes that came later.
class PastRecord {
 public:
  static Result<PastRecord> read(store::View& view, const records::Form& form, RecordId id) {
    PastRecord past;
    past.now_ = TRY(records::read_whole(view, form, id));
    auto rows =
        TRY(view.query({"SELECT at, changes FROM record_history WHERE form = ? AND "
                        "record_id = ? ORDER BY version DESC",
                        {form.id, id.text()}}));
    for (std::size_t i = 0; i < rows.size(); ++i) {
      Json changes = TRY(parse_json(rows[i].text("changes"), limits::kJsonBytesMax * 4));
      past.changes_.push_back({{rows[i].int64("at")}, std::move(changes)});
    }
    return past;
  }

  Json at(Instant when) const {
    Json record = now_;
    // The record as it was made stands in its first change: that one is never taken back.
    for (std::size_t i = 0; i + 1 < changes_.size(); ++i) {
      if (changes_[i].at <= when || !changes_[i].fields.is_object()) continue;
      for (const auto& [field, pair] : changes_[i].fields.as_object()) {
        if (pair.is_array() && pair.as_array().size() == 2) record.set(field, pair.as_array()[0]);
      }
    }
    return record;
  }

 private:
  struct Changed {
    Instant at{};
    Json fields;
  };
  Json now_;
  std::vector<Changed> changes_;  // newest first
};

Json lines(const std::vector<std::string>& words) {
  Json out = Json::array();
  for (const std::string& word : words) out.push(word);
  return out;
}

class FlowTrial {
 public:
  FlowTrial(store::Database& database, const Packs& packs, const store::Config& config)
      : database_(database), packs_(packs), config_(config), ids_(config.clock, config.random) {}

  Result<void> play(const std::string& model_id, CaseId past) {
    store::Work work = [&](store::Transaction& transaction) -> Result<void> {
      // Overwritten when the store does its group again.
      outcome_ = play_in(transaction, model_id, past);
      return refuse(ErrorCode::WrongState, std::string(kTakenBack));
    };
    TRY(database_.commit_group({&work, 1}));
    Told told = TRY(std::move(outcome_));
    using Kind = flow::TrialResult::Kind;
    if (told.result.kind == Kind::Same) ++same_;
    if (told.result.kind == Kind::Elsewhere) elsewhere_.push(json_of(past, told));
    if (told.result.kind == Kind::NotTried) {
      not_tried_.push(
          Json::object({{"case", past.text()}, {"number", told.number}, {"act", told.result.act}}));
    }
    ++cases_;
    return {};
  }

  Json answer(const std::string& model_id) && {
    return Json::object({{"model", model_id},
                         {"cases", cases_},
                         {"same", same_},
                         {"elsewhere", std::move(elsewhere_)},
                         {"not_tried", std::move(not_tried_)}});
  }

 private:
  struct Told {
    std::string form;
    RecordId record{};
    std::string number;
    flow::TrialResult result{};
  };

  Result<Told> play_in(store::Transaction& transaction, const std::string& model_id, CaseId past) {
    auto rows = TRY(
        transaction.query({"SELECT form, record_id FROM flow_case WHERE id = ?", {past.text()}}));
    if (rows.empty()) return refuse(ErrorCode::NotFound, "case");
    Told told{.form = rows[0].text("form"),
              .record = TRY(RecordId::parse(rows[0].text("record_id")))};
    const records::Form* form = packs_.forms.find(told.form);
    if (form == nullptr) return refuse(ErrorCode::NotFound, "form " + told.form);
    PastRecord record = TRY(PastRecord::read(transaction, *form, told.record));
    told.number = record.at(config_.clock.now()).text_or("number", "");
    records::Writing writing{
        .view = transaction,
        .actor = {},
        .now = config_.clock.now(),
        .ids = ids_,
        .forms = packs_.forms,
        .host = std::make_shared<const RulesHost>(transaction, packs_, system_),
        .calendars = &packs_.library.calendars()};
    flow::Around around{.view = transaction,
                        .actor = {},
                        .now = config_.clock.now(),
                        .ids = ids_,
                        .library = packs_.library,
                        // Whether the plant was ready then can't be asked any more.
                        .answers = answers_for(
                            writing, [](const flow::GuardAsk&) -> Result<Json> { return Json(); })};
    flow::TrialCommand command{
        .past = past, .model_id = model_id, .record_at = [&](Instant at) -> Result<Json> {
          return record.at(at);
        }};
    told.result = TRY(flow::try_case(
        around, command, [&](const store::Change& change) { return transaction.apply(change); }));
    return told;
  }

  static Json json_of(CaseId past, const Told& told) {
    const flow::TrialResult& result = told.result;
    return Json::object({{"case", past.text()},
                         {"form", told.form},
                         {"record", told.record.text()},
                         {"number", told.number},
                         {"at", format_instant(result.at)},
                         {"act", result.act},
                         {"node", result.node},
                         {"outcome", result.outcome},
                         {"acts", result.acts},
                         {"was", lines(result.was)},
                         {"would", lines(result.would)}});
  }

  store::Database& database_;
  const Packs& packs_;
  const access::Subject system_{};
  const store::Config& config_;
  IdMaker ids_;
  Result<Told> outcome_ = Told{};
  int64_t cases_ = 0;
  int64_t same_ = 0;
  Json elsewhere_ = Json::array();
  Json not_tried_ = Json::array();
};

}  // namespace

Result<Json> try_flow(store::Database& database, Packs packs, const store::Config& config,
                      const TrialWish& wish) {
  flow::Model model = TRY(flow::Model::parse(wish.xml));
  std::string id = model.id();
  std::vector<CaseId> cases;
  {
    auto view = TRY(database.snapshot());
    packs.forms = TRY(records::load_forms(*view));
    TRY(read_library(*view, packs.library));
    auto newest = packs.library.newest(id);
    if (newest.model == nullptr) return refuse(ErrorCode::NotFound, "flow " + id);
    packs.library.add_model(id, newest.version + 1, std::move(model));
    cases = TRY(flow::past_cases(*view, id, wish.from, wish.count));
  }
  FlowTrial trial(database, packs, config);
  for (CaseId past : cases) TRY(trial.play(id, past));
  return std::move(trial).answer(id);
}

}  // namespace anlan::engine
