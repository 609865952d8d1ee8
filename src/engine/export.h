#pragma once
// What a caller may take out of the system: records page by page as they may be shown, with what
// happened to each, and the note in the ledger that it left. docs/formats/export.md.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "engine/read.h"

namespace anlan::engine {

struct ExportWish {
  std::string form;
  Wish wish{};               // filter, search and sort; count and cursor are not looked at
  std::size_t rows_max = 0;  // LimitReached above it, before anything is read
};

class ExportReader {
 public:
  // Forbidden without the right to export; fields as that right shows them.
  static Result<ExportReader> open(Engine& engine, const access::Subject& by,
                                   const ExportWish& wish);

  const records::Form& form() const { return *form_; }
  // The members that are shown, in the form's order: what is hidden is not among them.
  const std::vector<const records::Field*>& members() const { return members_; }
  int64_t total() const { return total_; }
  // Every record in the wished order, all of one moment; the callback may stop it by refusing.
  using Take = std::function<Result<void>(const Json& row)>;
  Result<void> each(const Take& take);

 private:
  ExportReader() = default;

  std::unique_ptr<store::View> view_;
  const records::Form* form_ = nullptr;
  Reach reach_;
  Wish wish_;
  std::vector<const records::Field*> members_;
  int64_t total_ = 0;
};

// Answers when it is on disk: nothing leaves before.
Result<void> note_export(Engine& engine, const access::Subject& by, NoteExport note);

// One record for its printed sheet: {"record","form","leaf"?,"head"?,"plant","made_at"}; masked as
// the caller sees it. NotFound outside the caller's reach.
Result<Json> record_sheet(Engine& engine, const access::Subject& by, std::string_view form,
                          RecordId id);

}  // namespace anlan::engine
