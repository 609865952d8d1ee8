#include "engine/answers.h"

#include <utility>

#include "core/json_text.h"
#include "engine/read.h"

namespace anlan::engine {
namespace {

using access::Action;

// A record that stands in no case: nobody has a task on it, no clock runs, nothing is pressed.
std::string without_case(const records::Form& form, const access::Verdict& verdict,
                         const std::string& record) {
  std::string text = R"({"record":)" + record + R"(,"tasks":[],"clocks":[],"modes":{)";
  bool is_first = true;
  auto add = [&](std::string_view name, access::FieldMode mode) {
    if (!std::exchange(is_first, false)) text += ',';
    write_json_text(name, text);
    text += ':';
    write_json_text(mode_text(mode), text);
  };
  for (const records::Field& field : form.fields) {
    if (field.is_removed) continue;
    add(field.key, verdict.fields.of(field.key));
    for (const auto& [name, mode] : records::item_modes_named(field, verdict.fields)) {
      add(name, mode);
    }
  }
  return text + R"(},"buttons":[]})";
}

}  // namespace

Result<std::string> list_text(Engine& engine, const access::Subject& by, std::string_view form_id,
                              const Wish& wish) {
  const Packs& packs = engine.packs();
  const records::Form* form = packs.forms.find(form_id);
  if (form == nullptr) return refuse(ErrorCode::NotFound);
  auto view = TRY(store::read_later(engine.database()));
  Reader reader(*view, packs, engine.clock().now());
  auto reach = TRY(reader.reach(by, *form, Action::List));
  return records::list_text(*view, *form,
                            {.filter = wish.filter,
                             .scope = std::move(reach.scope),
                             .modes = std::move(reach.modes),
                             .search = wish.search,
                             .sort = wish.sort,
                             .count = wish.count,
                             .cursor = wish.cursor,
                             .has_total = wish.has_total});
}

Result<std::string> record_text(Engine& engine, const access::Subject& by, std::string_view form_id,
                                RecordId id) {
  const Packs& packs = engine.packs();
  const records::Form* form = packs.forms.find(form_id);
  if (form == nullptr) return refuse(ErrorCode::NotFound);
  // A task may open a record that no role does, and more of its fields: that takes a longer look.
  auto whole_answer = [&]() -> Result<std::string> {
    Json answer = TRY(engine.record(by, form_id, id));
    return write_json(answer);
  };
  if (!form->flow.empty()) return whole_answer();
  auto verdict = packs.policy.may(by, {.form = form->id, .action = Action::Read});
  // So do fields and buttons that depend on what stands in the record.
  bool is_plain = verdict.allowed && !verdict.fields.by_state && verdict.buttons.empty();
  if (!is_plain) return whole_answer();
  auto view = TRY(store::read_later(engine.database()));
  auto record = records::read_text(*view, *form, id, verdict.scope, verdict.fields);
  if (record && !record->has_case) return without_case(*form, verdict, record->json);
  if (!record && record.error().code != ErrorCode::NotFound) {
    return std::unexpected(std::move(record).error());
  }
  return whole_answer();
}

}  // namespace anlan::engine
