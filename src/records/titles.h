#pragma once
// Names for the ids in answers: `_titles` of a row holds {"zh","en"} for every ref, person and
// organisation in it that the caller can read. What is not in memory takes one query per form or
// kind for a whole page. Inside the room only.

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "access/access.h"
#include "core/json.h"
#include "records/form.h"
#include "records/row.h"
#include "store/store.h"

namespace anlan::records {

// What one field of a page names: ids of a form's records, people, or organisation paths.
struct Named {
  FieldKind kind;
  std::string ref_form{};
  auto operator<=>(const Named&) const = default;
};

struct Title {
  LocalText name;
  std::string json;  // {"zh":"...","en":"..."}
};

struct Titled {
  std::string key;
  std::size_t column;  // among what is shown
  Named named;
};
std::vector<Titled> titled_columns(const Form& form, const access::FieldModes& modes,
                                   const std::vector<Shown>& shown);

class TitleBook {
 public:
  TitleBook(store::View& view, const std::vector<Titled>& titled) : view_(view), titled_(titled) {}

  // `ids` row by row, as many for each as there are titled columns; empty ones name nothing.
  Result<void> read(const std::vector<std::string>& ids);
  const Title* find(const Titled& titled, const std::string& id) const;

 private:
  using Kept = std::shared_ptr<const Title>;  // shared with the memory of the database
  using Page = store::ByText<Kept>;

  Result<void> read(const Named& named, Page& page);

  store::View& view_;
  const std::vector<Titled>& titled_;
  std::map<Named, Page> pages_;
};

// Puts `_titles` into each row, people in rows of sub-forms as "measures.2.done_by"; rows hold only
// what the caller may see.
Result<void> add_titles(store::View& view, const Form& form, const access::FieldModes& modes,
                        std::vector<Json>& rows);

}  // namespace anlan::records
