#include "records/row_text.h"

#include "core/json_text.h"
#include "records/values.h"

namespace anlan::records {

store::Value value_of(const store::Cells& cells, std::size_t column) {
  if (cells.is_null(column)) return {};
  if (cells.is_text(column)) return std::string(cells.text(column));
  return cells.int64(column);
}

// Choices, photos and the like are kept as the JSON that write_json gave.
void write_cell(const Field& field, const store::Cells& cells, std::size_t column,
                std::string& out) {
  if (cells.is_null(column)) {
    out += "null";
    return;
  }
  switch (field.kind) {
    case FieldKind::Choices:
    case FieldKind::Photos:
    case FieldKind::Position:
    case FieldKind::Object:
    case FieldKind::Subform: out += cells.text(column); return;
    case FieldKind::Boolean: out += cells.int64(column) != 0 ? "true" : "false"; return;
    case FieldKind::Integer:
    case FieldKind::Decimal: out += unscaled_text(cells.int64(column), field.scale); return;
    case FieldKind::Instant:
      out += '"';
      out += format_instant({cells.int64(column)});
      out += '"';
      return;
    case FieldKind::Duration:
      out += '"';
      out += format_duration({cells.int64(column)});
      out += '"';
      return;
    default: write_json_text(cells.text(column), out);
  }
}

namespace {

// Null where the value is shown as it is.
const Shown* changed_by(const Shown& one) {
  return one.is_masked || !one.items.empty() ? &one : nullptr;
}

}  // namespace

RowTexts::RowTexts(const Form& form, const access::FieldModes& modes,
                   const std::vector<Shown>& shown)
    : masks_(modes, shown), titled_(titled_columns(form, modes, shown)) {
  columns_.reserve(shown.size());
  for (const Shown& one : shown) {
    std::string start = columns_.empty() ? "{" : ",";
    write_json_text(one.field->key, start);
    columns_.push_back({one.field, changed_by(one), start + ":"});
  }
}

void RowTexts::add(const store::Cells& cells) {
  const RowMasks::Mask* mask = nullptr;
  if (!masks_.is_empty()) mask = &masks_.of(cells.text(masks_.state_column()));
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const Column& column = columns_[i];
    if (mask && (*mask)[i].is_hidden) continue;
    const Shown* changed = mask ? changed_by((*mask)[i].as) : column.changed;
    text_ += column.start;
    if (!changed) {
      write_cell(*column.field, cells, i, text_);
    } else {
      Json value = json_of_cell(*column.field, value_of(cells, i));
      text_ += write_json(shown_value(*changed, std::move(value)));
    }
  }
  ends_.push_back(text_.size());
  for (const Titled& titled : titled_) {
    bool is_closed =
        mask && ((*mask)[titled.column].is_hidden || (*mask)[titled.column].as.is_masked);
    bool is_there = !is_closed && !cells.is_null(titled.column);
    ids_.emplace_back(is_there ? cells.text(titled.column) : std::string_view());
  }
}

void RowTexts::cut(std::size_t rows) {
  if (rows >= ends_.size()) return;
  text_.resize(rows == 0 ? 0 : ends_[rows - 1]);
  ends_.resize(rows);
  ids_.resize(rows * titled_.size());
}

Result<std::string> RowTexts::finish(store::View& view) {
  TitleBook book(view, titled_);
  TRY(book.read(ids_));
  std::string out;
  out.reserve(text_.size() + ends_.size() * 400);
  std::size_t from = 0;
  for (std::size_t row = 0; row < ends_.size(); ++row) {
    if (row > 0) out += ',';
    out.append(text_, from, ends_[row] - from);
    from = ends_[row];
    out += R"(,"_titles":{)";
    bool is_first = true;
    for (std::size_t i = 0; i < titled_.size(); ++i) {
      const Title* title = book.find(titled_[i], ids_[row * titled_.size() + i]);
      if (!title) continue;
      out += std::exchange(is_first, false) ? "" : ",";
      write_json_text(titled_[i].key, out);
      out += ':';
      out += title->json;
    }
    out += "}}";
  }
  return out;
}

}  // namespace anlan::records
