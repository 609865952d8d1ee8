#pragma once
// Rows as the JSON text of an answer, written straight from what the database gives: the same text
// that record_of and write_json make. Inside the room only.

#include <string>
#include <vector>

#include "records/row.h"
#include "records/titles.h"
#include "store/store.h"

namespace anlan::records {

// Takes the rows of one try; when it did not reach far enough, they are dropped and another begins.
class RowSink {
 public:
  virtual ~RowSink() = default;
  virtual void add(const store::Cells& cells) = 0;
  virtual void cut(std::size_t rows) = 0;  // keeps the first ones
};

store::Value value_of(const store::Cells& cells, std::size_t column);
void write_cell(const Field& field, const store::Cells& cells, std::size_t column,
                std::string& out);

// Collects rows as text; their titles are put in at the end, all names of a page at once.
class RowTexts final : public RowSink {
 public:
  RowTexts(const Form& form, const access::FieldModes& modes, const std::vector<Shown>& shown);

  void add(const store::Cells& cells) override;
  void cut(std::size_t rows) override;
  std::size_t size() const { return ends_.size(); }
  // "{...},{...}"
  Result<std::string> finish(store::View& view);

 private:
  struct Column {
    const Field* field;
    const Shown* changed;  // not shown as it is; of the caller's list, null where it is
    std::string start;     // ,"key":
  };
  std::vector<Column> columns_;
  RowMasks masks_;
  std::vector<Titled> titled_;
  std::string text_;
  std::vector<std::size_t> ends_;  // of the rows, without titles and brace
  std::vector<std::string> ids_;   // of each row as many as titled_
};

}  // namespace anlan::records
