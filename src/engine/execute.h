#pragma once
// One command inside the writer's transaction: access is asked, the deciders decide, their Changes
// are applied. Everything that one command does stands in one savepoint, so it happens whole or not
// at all. Only engine.cpp uses this.

#include <array>
#include <functional>
#include <map>

#include "core/result.h"
#include "engine/commands.h"
#include "engine/engine.h"
#include "engine/guards.h"
#include "engine/known_answers.h"
#include "engine/packs.h"
#include "engine/plant_model.h"
#include "store/store.h"

namespace anlan::engine {

// Somebody is to be told something; `form` and `record` say about what.
struct NoticeWish {
  std::vector<PersonId> persons;
  std::string kind;  // text key in the packs
  std::string level;
  std::string form;
  std::string record;
  Json data;
  bool is_urgent = false;
};

class Sensing;   // engine/sensing.h
class TagNeeds;  // engine/retirement.h

class Execution {
 public:
  struct Around {
    const Packs& packs;
    const Config& config;
    store::Blobs& blobs;
    IdMaker& ids;
    Instant now;
    std::shared_ptr<const PlantModel> plant;  // shared: see PlantModel::load
    KnownAnswers* answers = nullptr;          // of the group; may be null
    Sensing* sensing = nullptr;               // where people are; null: nobody is positioned
    bool answers_later = false;               // what a record shows may be asked after the group
  };
  Execution(const Around& around, store::Transaction& transaction)
      : around_(around), transaction_(transaction) {}

  // A refusal here takes everything back. `refused_after_commit` of a log-in is not one: its log
  // entry must stay.
  Result<Json> run(const Command& command);
  // The record that the answer shows, where it waits for answer_later: run has answered null.
  struct Later {
    const records::Form* form;
    RecordId id;
  };
  const std::optional<Later>& later() const { return later_; }
  // When the whole group is written, and what this will ask was read ahead.
  Result<Json> answer_later(const Command& command, const Later& later);
  std::optional<Error> refused_after_commit() const { return refused_after_commit_; }
  // A dry run, or an import with refused rows: the answer stands, the writes do not.
  bool is_taken_back() const { return is_taken_back_; }

  Result<void> fire_timer(const flow::DueTimer& timer);
  // The next of those who listen to a signal that had too many listeners for one transaction.
  Result<void> go_on_with(const flow::SignalPost& post);
  // A flow that begins by a clock.
  Result<void> begin_flow(const std::string& clock);

  // ---- for contain.h: an alarm by itself, and what follows from it part by part ----
  enum class Follow { Effects, Tell, Order, Answer, Trace };
  static constexpr std::array kFollows{Follow::Effects, Follow::Tell, Follow::Order, Follow::Answer,
                                       Follow::Trace};
  static std::string_view follow_text(Follow part);  // in the journal: never rename
  // Nothing: there was nothing to change.
  using Applied = std::optional<alarms::Decision>;
  Result<Applied> apply_alone(const Command& command, const AlarmEvent& event);
  Result<void> follow_alone(const Command& command, const AlarmEvent& event,
                            const alarms::Decision& decided, Follow part);
  Result<void> note_failed(const Command& command, RecordId alarm, Follow part, const Error& error);
  Result<void> tell_again_alone(const Command& command, const std::string& occurrence);
  // Nobody could be told again: it is tried anew later, and holds up nobody else's call.
  Result<void> put_off_call(const Command& command, const std::string& occurrence);

 private:
  friend class ImportRun;  // import_run.h: the rows of one import
  friend class Tracing;    // tracing.h: seven of a kind on one device

  Result<Json> execute(const CreateRecord& what);
  Result<Json> execute(const UpdateRecord& what);
  Result<Json> execute(const ImportRecords& what);
  Result<Json> execute(const CommentRecord& what);
  Result<Json> execute(const ClaimTask& what);
  Result<Json> execute(const UnclaimTask& what);
  Result<Json> execute(const CompleteTask& what);
  Result<Json> execute(const ReturnTask& what);
  Result<Json> execute(const RegisterFile& what);
  Result<Json> execute(const ReadNotice& what);
  Result<Json> execute(const Login& what);
  Result<Json> execute(const Logout& what);
  Result<Json> execute(const ChangePassword& what);
  Result<Json> execute(const SetLanguage& what);
  Result<Json> execute(const Touch& what);
  Result<Json> execute(const CreateToken& what);
  Result<Json> execute(const RevokeToken& what);
  Result<Json> execute(const ImportOrg& what);
  Result<Json> execute(const ImportPeople& what);
  Result<Json> execute(const SetUp& what);
  Result<Json> execute(const SeedPlant& what);
  Result<Json> execute(const ApplyAlarms& what);
  Result<Json> execute(const SuspendPermits& what);
  Result<Json> execute(const NoteRefusals& what);
  Result<Json> execute(const ActOnAlarm& what);
  Result<Json> execute(const SuspendPermit& what);
  Result<Json> execute(const SuspendArea& what);
  Result<Json> execute(const ReleaseArea& what);
  Result<Json> execute(const RetireRecord& what);
  Result<Json> execute(const StartResponse& what);
  Result<Json> execute(const RollCall& what);
  Result<Json> execute(const SaySafety& what);
  Result<Json> execute(const LookAtTrack& what);
  Result<Json> execute(const NoticeReceipt& what);
  Result<Json> execute(const NoticesSent& what);
  Result<Json> execute(const PutSubscription& what);
  Result<Json> execute(const DropSubscriptions& what);
  Result<Json> execute(const OutgoingReceipt& what);
  Result<Json> execute(const CountPeople& what);
  Result<Json> execute(const RoutePeople& what);
  Result<Json> execute(const EndJob& what);
  Result<Json> execute(const MarkSteps& what);
  Result<Json> execute(const KeepTrack& what);
  Result<Json> execute(const HandOver& what);
  Result<Json> execute(const RetryCase& what);
  Result<Json> execute(const MigrateCase& what);
  Result<Json> execute(const RegisterDevice& what);
  Result<Json> execute(const RevokeDevice& what);
  Result<Json> execute(const MarkBox& what);
  Result<Json> execute(const WriteMessage& what);
  Result<Json> execute(const AnonymousReport& what);
  Result<Json> execute(const AnonymousMessage& what);
  Result<Json> execute(const NotePhoto& what);
  Result<Json> execute(const NotePair& what);
  Result<Json> execute(const NoteExport& what);
  Result<Json> execute(const ActOnTask& what);
  Result<Json> execute(const ActOnCase& what);
  Result<Json> execute(const SaveDraft& what);
  Result<Json> execute(const SetDelegation& what);
  Result<Json> execute(const EndDelegation& what);
  Result<Json> execute(const SetHead& what);
  Result<Json> execute(const LoginSecond& what);
  Result<Json> execute(const LoginByProvider& what);
  Result<Json> execute(const ProposeFactor& what);
  Result<Json> execute(const ConfirmFactor& what);
  Result<Json> execute(const RenewCodes& what);
  Result<Json> execute(const RemoveOwnFactor& what);
  Result<Json> execute(const RemoveFactor& what);
  Result<Json> execute(const Unlink& what);
  Result<Json> execute(const BeginView& what);
  Result<Json> execute(const EndView& what);
  Result<Json> execute(const TellAlarmsAgain& what);
  Result<Json> execute(const NoteClocks& what);
  Result<Json> execute(const OrderWork& what);

  Result<std::optional<Json>> earlier_answer(const Command& command);
  Result<void> keep_answer(const Command& command, const Json& answer);
  Result<const records::Form*> form_of(std::string_view id);
  Result<RecordId> create_one(const records::Form& form, const Json& fields,
                              std::optional<RecordId> id);
  // With the given modes, past access: for what engine itself records.
  Result<RecordId> create_with(const records::Form& form, const Json& fields,
                               std::optional<RecordId> id, const access::FieldModes& modes);
  PermitDesk permit_desk();
  GuardDesk guard_desk();
  // Asks the guards of the form after what a person made or changed, its flow included.
  Result<void> ask_form_guards(const records::Form& form, RecordId id);
  // ---- retirement.cpp ----
  // `needs` of an import; null for one by itself.
  Result<void> retire(const records::Form& form, const RetireRecord& what, TagNeeds* needs);
  Result<void> write_retirement(const records::Form& form, const Json& record, bool is_back,
                                const std::string& reason, int64_t version);
  Result<void> check_not_needed(const records::Form& form, const Json& record, TagNeeds* needs);
  Result<void> check_in_use(const records::Form& form, RecordId id);
  Result<void> check_code_is_new(const records::Form& form, const Json& fields);
  Result<void> check_source(const records::Form& form, const Json& record);
  // A permit that stopped takes its children along.
  Result<void> stop_children(const records::Form& form, RecordId id);
  Result<void> stop_neighbours(const records::Form& form, RecordId id, const Json& patch);
  Result<void> tell_all_of_stop(RecordId id, const Json& record, flow::Step& step);
  Result<void> check_area(const std::string& area, const std::string& reason);
  Result<void> hold_area(const std::string& area, const std::string& reason);
  // What the flow decided: its rows, the record's patch and the notices, as one Change.
  Result<void> finish_step(const records::Form& form, RecordId id, flow::Step step);
  // What the flow wished for beside its own rows: records made, messages taken.
  Result<void> carry_out(const flow::Step& step);
  Result<void> make_wished(const flow::NewRecord& wish);
  Result<void> deliver(const flow::Letter& letter);
  // `as` says what becomes of the row of the post where somebody is left to be told.
  Result<void> spread(flow::SignalPost post, store::RowChange::Kind as);
  // Flows that begin with a message that no case is named for.
  Result<void> begin_flows(const flow::Letter& letter);
  Result<void> signal_one(const flow::Listener& listener, const flow::Signal& signal);
  // A person changed the record: conditions of its case may have become true.
  Result<void> look_again(const records::Form& form, RecordId id);
  Result<flow::HandOverCommand> hand_over_to(const flow::Task& task, const HandOver& what);
  Result<void> hand_over_one(const flow::Task& task, const HandOver& what);
  Result<flow::Receiver> receiver(const flow::Task& task, PersonId person);
  Result<flow::Step> act_step(const flow::Task& task, const ActOnTask& what, const Json& record);
  Result<flow::Proof> proof_of(const CompleteTask& what, const Json& record);
  void add_notice(store::Change& change, const NoticeWish& wish);
  void add_outgoing(store::Change& change, const std::string& notice, std::string_view channel,
                    const std::string& address);
  void add_pushes(store::Change& change, const std::string& notice, PersonId person);
  void add_jobs(const records::Form& form, RecordId id, flow::Step& step);
  Result<void> close_job(store::Change& change, const std::string& job, std::string_view error);

  Result<Applied> apply_event(const AlarmEvent& event);
  Result<void> follow(const AlarmEvent& event, const alarms::Decision& decided, Follow part);
  Result<void> need_equal(const ActOnAlarm& what, const Json& row);
  Result<void> note_clock(const records::Form& form, const NoteClocks::Clock& clock);
  Result<alarms::Event> linked(const alarms::Event& event);
  Result<Applied> remove_alarm(const AlarmEvent& event);
  Result<void> tell_alarm(const alarms::Definition& definition, const alarms::State& state);
  // One step of the ladder that the table alarm_route gives; `version` of the waiting call, 0:
  // none.
  struct AlarmCall {
    const alarms::Definition& definition;
    const alarms::State& state;
    std::string occurrence;
    int64_t step = 0, version = 0;
  };
  Result<void> call_people(const AlarmCall& call);
  Result<std::vector<PersonId>> called_people(const Json& route,
                                              const alarms::Definition& definition);
  Result<Json> route_of(const alarms::Definition& definition, int64_t step);
  Result<void> tell_again(const std::string& occurrence);
  // The work order of an occurrence, made if it isn't there. Nil without the pack of such orders.
  struct AlarmOrder {
    const alarms::Definition& definition;
    const alarms::State& state;
    std::string reason{};
    bool is_automatic = false;
  };
  Result<RecordId> order_work(const AlarmOrder& order);
  // Where the table alarm_answer says so.
  Result<void> order_by_rule(const alarms::Definition& definition, const alarms::State& state);
  // By design: an effect while its cause is active. `cause` is a code.
  Result<void> suppress(const alarms::Definition& effect, const std::string& cause, bool is_active);
  Result<void> suppress_effect(const alarms::Definition& effect);
  Result<void> suppress_effects_of(const alarms::Definition& cause, bool is_active);
  Result<void> answer_alarm(const alarms::Definition& definition, const alarms::State& state);
  struct Emergency {
    std::string mode, trigger;
    const alarms::Definition* alarm = nullptr;  // may be null
    std::string area;
    std::optional<twin::Point> at{};
    std::string substance{};
    Json table{};  // what emergency_trigger answered
    Instant raised{};
  };
  Result<RecordId> begin_response(const Emergency& emergency);
  Result<std::optional<RecordId>> open_response(std::string_view area_id);
  // Suspends what the alarm touches; answers {"permits","people"}.
  Result<Json> suspend_touched(const ehs::AlarmPlace& place, const Json& detail,
                               std::vector<std::string>& areas);
  Result<void> add_stopped_before(const ehs::AlarmPlace& place, Json& suspended,
                                  std::vector<std::string>& areas);
  Result<std::size_t> tell_permit(const Json& record, std::string_view message, const Json& data);
  Result<std::size_t> suspend_one(RecordId permit, std::string_view reason, const Json& detail);
  Result<Json> shut_gates(RecordId response, const std::vector<std::string>& areas);
  Result<void> open_gates(RecordId response);
  Result<std::string> other_owner(const std::string& gate, RecordId response);
  // What a step of a response's flow means for its stamps.
  Result<void> after_response_step(RecordId id);
  Result<void> mark(RecordId response, const std::vector<ehs::Mark>& marks);
  Result<void> note_counts(RecordId response);
  Result<Json> record_of_response(RecordId id);
  Result<Json> decide(std::string_view file, std::string_view decision, const Json& inputs);

  Result<void> require(std::string_view form);  // Administer on a pseudo-form
  Result<Json> enter(const access::LoginResult& result);
  Result<Json> answer_record(const records::Form& form, RecordId id);
  Result<Json> answer_changed(const records::Form& form, RecordId id);  // now or later
  Result<std::optional<Json>> answer_made(const records::Form& form);
  Result<Json> answer_task(TaskId id);
  Result<void> create_person(const Json& row, std::string hash);
  Result<void> create_unit(const Json& row);
  Result<void> as_login(const std::string& login, const std::function<Result<void>()>& act);
  Result<void> seed_files(const Json& fields);
  Result<void> seed_record(const records::Form& form, const std::string& admin, const Json& row);
  Result<void> seed_task(const records::Form& form, RecordId id, const Json& step);
  Result<void> must_be_empty();
  Result<void> write_setting(std::string_view name, const Json& value);
  Json finish_import(std::size_t rows, Json refused, bool is_dry_run);
  access::Desk desk();
  flow::Around flow_around(Actor actor);
  records::Writing writing(Actor actor);

  Around around_;
  store::Transaction& transaction_;
  const Command* command_ = nullptr;
  const flow::NewRecord* begun_ = nullptr;  // the flow of this record begins at its event
  std::optional<Later> later_{};
  Json made_{};  // the record that was just created, whole, where no flow goes on with it
  std::optional<Error> refused_after_commit_;
  bool is_taken_back_ = false;
  int chain_ = 0;  // records and messages that flows made of each other, this one deep
  Json seed_files_ = Json::array();
  std::map<std::string, RecordId> seed_names_;  // rows of the seed that others refer to
  bool is_seeding_ = false;                     // what a seed makes rings nobody
};

// One refused row of an import, as the answer shows it; rows count from 1.
Json refused_row(std::size_t row, const Error& error);

}  // namespace anlan::engine
