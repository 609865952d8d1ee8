#pragma once
// The thread between whoever reported something, named or not, and those who follow it up.

#include <string>
#include <vector>

#include "access/access.h"
#include "core/json.h"
#include "engine/packs.h"
#include "flow/flow.h"
#include "records/records.h"
#include "store/store.h"

namespace anlan::engine {

class Engine;

inline constexpr std::size_t kMessageCharsMax = 2'000;
inline constexpr std::size_t kMessagesMax = 500;  // of one record; beyond it people should talk

// GET .../thread of docs/formats/http.md.
Result<Json> thread_of(Engine& engine, const access::Subject& by, std::string_view form,
                       RecordId id);

// ---- room-internal ----

// The field `reporter` where it is filled in, else who made the record.
std::string reporter_of(const Json& record);  // a person's id, or the kind of actor
bool is_reporter(const Json& record, const access::Subject& by);
bool is_anonymous_record(const Json& record);
// Oldest first: [{"id","at","side","name","text"}].
Result<Json> messages_of(store::View& view, std::string_view form, RecordId id);

struct Message {
  std::string id;
  std::string form;
  std::string record;
  std::string side;    // "reporter", "staff"
  std::string person;  // empty for nobody
  std::string text;
  bool is_not_fixed = false;
};
// BadField for what is no readable text, LimitReached for too many.
Result<store::Change> message_change(store::View& view, const Message& message, Actor actor,
                                     Instant now);
// Who hears of a message from the reporter: the owner, else the first receiver, else who wrote.
Result<std::vector<PersonId>> listeners_of(store::View& view, const Json& record);

}  // namespace anlan::engine
