#pragma once
// Everything that can change anything, as data. A command carries who asks and an idempotency key;
// the same key with the same command answers again what it answered first.

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "access/access.h"
#include "alarms/alarms.h"
#include "core/json.h"
#include "ehs/ehs.h"
#include "flow/flow.h"
#include "records/records.h"

namespace anlan::engine {

struct CreateRecord {
  std::string form;
  std::optional<RecordId> id{};
  Json fields;
  Json chosen{};  // {node: [person]}: whom the initiator chose to be asked
};
struct UpdateRecord {
  std::string form;
  RecordId id;
  int64_t version = 0;
  Json fields;
};
struct ImportRecords {
  std::string form;
  Json rows;  // list of field objects
  bool is_dry_run = true;
};
struct CommentRecord {
  std::string form;
  RecordId id;
  std::string text;
};
struct ClaimTask {
  TaskId task;
};
struct UnclaimTask {
  TaskId task;
};
struct CompleteTask {
  TaskId task;
  std::string outcome;
  std::string comment;
  Json fields;
  std::optional<int64_t> version{};  // of the record as the person saw it
  // docs/formats/approval.md, "Signature": the picture, and the hash of what was signed.
  std::string signature_file{}, content_sha256{};
  std::vector<std::string> attachments{};  // SHA-256 of files that the person uploaded
  // Of the phone that acts, for guards of presence: {"lat","lon","accuracy_m"?,"at"} or {"x","y",
  // "at"} in metres of the plan.
  Json position{};
};
struct ReturnTask {
  TaskId task;
  std::string to;
  std::string comment;
};
struct RegisterFile {
  records::FileInfo file;
};
struct ReadNotice {
  std::string id;
};
struct Login {
  access::LoginCommand command;
};
struct Logout {};

// ---- the second factor and log-in providers ----
struct LoginSecond {
  access::SecondLogin command;
};
struct LoginByProvider {
  access::ProviderLogin command;
};
struct ProposeFactor {
  std::string half;   // token of half a session; empty: of the caller himself
  PersonId person{};  // that the secret is sealed for
  std::string sealed;
};
struct ConfirmFactor {
  access::ConfirmFactor command;
};
struct RenewCodes {
  access::FactorProof proof;
  std::vector<std::string> recovery_codes;
};
struct RemoveOwnFactor {
  access::FactorProof proof;
};
struct RemoveFactor {  // of somebody else, by an administrator
  PersonId person;
};
struct Unlink {  // the person's account of a provider, by an administrator
  PersonId person;
};
struct ChangePassword {
  std::string new_hash;
};
struct SetLanguage {
  std::string language;  // "zh", "en"
};
struct Touch {};
struct CreateToken {
  std::string name;
  std::string token;  // fresh
  int64_t days = 90;
};
struct RevokeToken {
  std::string id;
};
struct ImportOrg {
  Json units;
  bool is_dry_run = true;
};
struct ImportPeople {
  Json people;                      // as in docs/formats/http.md
  std::vector<std::string> hashes;  // of the first passwords, same order; "" where none
  bool is_dry_run = true;
};
struct SetUp {
  LocalText plant_name;
  std::string plant_code;
  std::string admin_login;
  std::string admin_name;
  std::string admin_hash;
};

// The demo plant, at once; only while there is nobody.
struct SeedPlant {
  Json seed;                  // anlan.seed/1
  std::string password_hash;  // of the one published password
};

// ---- sensing: only engine itself makes these ----
struct AlarmEvent {
  RecordId definition;
  alarms::Event event;
};
struct ApplyAlarms {
  std::vector<AlarmEvent> events;
};
// Occurrences that nobody acknowledged in time: whoever comes next in the table is told.
struct TellAlarmsAgain {
  std::vector<std::string> occurrences;
};
struct SuspendPermits {
  std::vector<ehs::Suspension> suspensions;
};
// Passes that gates refused.
struct NoteRefusals {
  std::vector<twin::GatePass> passes;
};

// ---- alarms, permits and responses: what people do ----
struct ActOnAlarm {
  RecordId alarm;      // its definition
  std::string button;  // "ack", "reset", "shelve", "out_of_service": the right it needs
  alarms::Event event;
};
// What the clocks of sources are found to be: administrators hear of a wrong one once, and of its
// end. Repeating what is so already changes nothing.
struct NoteClocks {
  struct Clock {
    std::string source;  // code
    bool is_wrong = false;
    Duration behind{};  // negative: ahead
  };
  std::vector<Clock> clocks;
};
// Somebody is to look on the spot: once for each occurrence, whoever asks again gets the same.
struct OrderWork {
  RecordId alarm;
  std::string occurrence;
  std::string reason;
};
// Anybody may stop a job.
struct SuspendPermit {
  RecordId permit;
  std::string reason;
};
// Everything that goes on in an area; needs the button `suspend_area` on permits.
struct SuspendArea {
  std::string area;  // code
  std::string reason;
};
// Nothing begins or goes on in the area until this; the same button.
struct ReleaseArea {
  std::string area;  // code
  std::string reason;
};
// A source or a tag out of use, or back into it, by a person with a reason (engine/retirement.h).
struct RetireRecord {
  std::string form;
  RecordId id;
  bool is_back = false;
  std::string reason;
};
struct StartResponse {
  std::string mode;  // "drill", "real"
  std::optional<RecordId> alarm{};
  std::string area{};  // code
  std::optional<twin::Point> at{};
  std::string procedure{};
  int level = 0;  // 0: as the table says
};
struct RollCall {
  RecordId response;
  RecordId badge;
  ehs::Safety safety = ehs::Safety::Unknown;
  std::string note;
};
struct SaySafety {  // the caller of himself
  RecordId response;
  ehs::Safety safety = ehs::Safety::Safe;
  std::string note;
};
struct LookAtTrack {
  RecordId badge;
  std::string purpose;
};
struct NoticeReceipt {
  std::string id;
  std::string kind;  // "delivered", "acknowledged"
};
struct NoticesSent {  // by the live stream: handed to a socket of their person
  std::vector<std::string> ids;
};
struct PutSubscription {
  std::string endpoint, p256dh, auth;
};
struct DropSubscriptions {};
struct OutgoingReceipt {  // of a message that left the browser
  std::string id;
  std::string state;  // "sent", "failed", "gone"
  std::string reason;
  int http_status = 0;
};

// ---- the response's own work: only engine's responder makes these ----
struct CountPeople {
  RecordId response;
  std::string job{};                   // that ends with this command; empty for none
  std::vector<ehs::PersonRow> news{};  // not counted before
  std::vector<ehs::Counted> changes{};
  bool is_whole = true;  // the last part of a long list
};
struct RoutePeople {
  RecordId response;
  std::string job{};
  struct One {
    RecordId badge;
    Json route;  // without version
    bool is_told = false;
  };
  std::vector<One> routes{};
  int64_t version = 1;
  bool is_whole = true;
};
struct EndJob {
  std::string job;
  std::string error{};  // empty: done
};
struct MarkSteps {
  RecordId response;
  std::vector<ehs::Mark> marks;
};
struct KeepTrack {
  RecordId response;
  std::vector<std::pair<RecordId, twin::Sighting>> points;  // by badge
};

// ---- the hazard loop: hand-over, evidence, the thread with the reporter ----
struct HandOver {
  std::optional<TaskId> task{};  // none: every task that the caller holds
  PersonId to;
  std::string comment;
};
// A running case goes on with the newest version of its flow.
struct MigrateCase {
  std::string form;
  RecordId id;
  Json mapping;  // node id to node id; null for none
  std::string comment;
};
struct RetryCase {  // of a case that stands in an incident
  std::string form;
  RecordId id;
};
struct RegisterDevice {
  std::string key;   // SubjectPublicKeyInfo of a P-256 key, base64url
  std::string name;  // as the person knows the phone
};
struct RevokeDevice {
  std::string id;
  std::string reason;
};
// The part of the picture that a repairer or verifier says the hazard is in; 0 to 1 of width and
// height of the photo before.
struct MarkBox {
  std::string form;
  RecordId id;
  std::string before, after;  // SHA-256
  double x = 0, y = 0, width = 0, height = 0;
};
struct WriteMessage {
  std::string form;
  RecordId id;
  std::string text;
  bool is_not_fixed = false;  // from the reporter: opens the hazard again
};
// Nobody is behind these: `code` is the secret that only the reporter has; its hash is kept.
struct AnonymousReport {
  std::string form;
  Json fields;
  std::string code;  // fresh
};
struct AnonymousMessage {
  std::string code;
  std::string text;
  bool is_not_fixed = false;
};
// What the helper process saw in a photo, or in a pair; only engine's own eyes make these.
struct NotePhoto {
  std::string sha256;
  Json facts;               // docs/formats/evidence.md
  std::string print{};      // opaque fingerprint for reuse detection
  std::string thumbnail{};  // SHA-256 of a JPEG among the blobs; empty for none
};
struct NotePair {
  std::string form;
  RecordId id;
  std::string before, after;
  Json result;  // docs/formats/evidence.md
};
// Something left the system: a file of many records, or the printed sheet of one.
struct NoteExport {
  std::string form;
  std::string kind;              // "xlsx", "csv", "zip", "pdf", "notice"
  std::optional<RecordId> id{};  // of the one record
  Json detail;                   // {"rows","bytes","sha256","filter"?,"q"?}
};
// An administrator looks with a person's eyes for a while; the ledger keeps who, whose and why.
struct BeginView {
  PersonId person;
  std::string reason;
};
struct EndView {
  std::string view;  // of BeginView's answer
};

// ---- approval: docs/formats/approval.md, "Acts" ----
struct ActOnTask {
  TaskId task;
  std::string act;  // as flow::acts_on_task names them
  std::vector<PersonId> to{};
  std::string comment{};
  std::string when{}, mode{};  // of add_sign
};
struct ActOnCase {
  std::string form;
  RecordId id;
  std::string act;  // "withdraw", "retract"
  std::string comment{};
};
struct SaveDraft {
  TaskId task;
  Json content;
};
struct SetDelegation {  // of the caller's own tasks
  flow::Delegation delegation;
};
struct EndDelegation {
  std::string id;
};
struct SetHead {
  std::string unit;  // code
  std::optional<PersonId> person{};
};

using What =
    std::variant<CreateRecord, UpdateRecord, ImportRecords, CommentRecord, ClaimTask, UnclaimTask,
                 CompleteTask, ReturnTask, RegisterFile, ReadNotice, Login, Logout, ChangePassword,
                 SetLanguage, Touch, CreateToken, RevokeToken, ImportOrg, ImportPeople, SetUp,
                 SeedPlant, ApplyAlarms, SuspendPermits, NoteRefusals, ActOnAlarm, SuspendPermit,
                 SuspendArea, StartResponse, RollCall, SaySafety, LookAtTrack, NoticeReceipt,
                 NoticesSent, PutSubscription, DropSubscriptions, OutgoingReceipt, CountPeople,
                 RoutePeople, EndJob, MarkSteps, KeepTrack, HandOver, RetryCase, MigrateCase,
                 RegisterDevice, RevokeDevice, MarkBox, WriteMessage, AnonymousReport,
                 AnonymousMessage, NotePhoto, NotePair, NoteExport, ActOnTask, ActOnCase, SaveDraft,
                 SetDelegation, EndDelegation, SetHead, LoginSecond, LoginByProvider, ProposeFactor,
                 ConfirmFactor, RenewCodes, RemoveOwnFactor, RemoveFactor, Unlink, BeginView,
                 EndView, TellAlarmsAgain, OrderWork, ReleaseArea, NoteClocks, RetireRecord>;

// Who acts where no person does; nothing that a person asks for may use them.
inline access::Subject system_subject() { return {.actor = {.kind = Actor::Kind::System}}; }
inline access::Subject timeout_subject() { return {.actor = {.kind = Actor::Kind::SystemTimeout}}; }

struct Command {
  access::Subject by{};
  std::string key{};          // idempotency key; empty for none
  std::string fingerprint{};  // SHA-256 of the request, hex: a key must not serve two requests
  What what;
};

// Answers: CreateRecord, UpdateRecord, CompleteTask, ReturnTask -> {"record"}; ClaimTask,
// UnclaimTask -> {"task"}; Import... -> {"accepted","refused"}; Login... and ConfirmFactor ->
// {"session","person"}, or {"next":"second_factor"|"set_up_factor"} half-way in, or {};
// CreateToken -> {"id"}; ActOnAlarm -> {"alarm"}; SuspendPermit, StartResponse, OrderWork ->
// {"record"}; RollCall -> {"counts"}; RetireRecord -> {"form","id","is_retired"};
// BeginView -> {"view","until"}; LookAtTrack -> {"look"};
// HandOver ->
// {"handed":n}; RegisterDevice -> {"id"}; WriteMessage -> {"message"}; AnonymousReport ->
// {"number"}; ActOnTask, ActOnCase -> {"record"}; SetDelegation -> {"id"}; all others -> {}.

}  // namespace anlan::engine
