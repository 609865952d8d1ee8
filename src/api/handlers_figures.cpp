// Figures, files that leave the system, and printed sheets.

#include "api/export_zip.h"
#include "api/handlers.h"
#include "api/ledger_pdf.h"
#include "api/notice_pdf.h"
#include "api/permit_pdf.h"
#include "core/hash.h"
#include "core/text.h"
#include "engine/figures.h"
#include "engine/permit_sheet.h"

namespace anlan::api {
namespace {

// Of one export; what leaves as a table is some MB, photos are the rest.
constexpr int64_t kExportBytesMax = int64_t{1} << 30;
constexpr std::size_t kTableRowsMax = 20'000;
// History and proof of each: more would take longer than a connection waits (75 s).
constexpr std::size_t kZipRowsMax = 5'000;
constexpr int kExportsAtOnce = 2;  // each holds a thread of the pool
constexpr std::size_t kPhotosPrinted = 3;
constexpr std::size_t kPhotoBytesMax = 400 << 10;  // printed as it is: a sheet stays below 2 MB

std::string query_text(const Call& call, std::string_view name) {
  auto found = call.query.find(name);
  return found == call.query.end() ? std::string{} : found->second;
}

struct Kind {
  std::string_view name;
  std::string_view type;
  std::size_t rows_max;
};
constexpr Kind kKinds[] = {
    {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", kTableRowsMax},
    {"csv", "text/csv; charset=utf-8", kTableRowsMax},
    {"zip", "application/zip", kZipRowsMax},
    {"pdf", "application/pdf", kLedgerRowsMax}};

Result<const Kind*> kind_of(const Call& call) {
  std::string name = query_text(call, "kind");
  for (const Kind& kind : kKinds) {
    if (kind.name == name) return &kind;
  }
  return refuse(ErrorCode::BadField, "xlsx, csv, zip or pdf", "kind");
}

Result<engine::Wish> wish_of(const Call& call) {
  engine::Wish wish;
  if (call.query.contains("filter")) {
    Result<Json> filter = parse_json(query_text(call, "filter"));
    if (!filter) return refuse(ErrorCode::BadJson, filter.error().detail, "filter");
    wish.filter = TRY(parse_filter(*filter));
  }
  if (call.query.contains("sort")) wish.sort = query_text(call, "sort");
  wish.search = query_text(call, "q");
  return wish;
}

std::string language_of_file(const Call& call) {
  std::string lang = query_text(call, "lang");
  return lang == "zh" || lang == "en" ? lang : call.by.language;
}

// Lets a few at once through; gives its place back at the end.
class Turnstile {
 public:
  explicit Turnstile(std::atomic<int>& inside)
      : inside_(inside), is_in_(++inside <= kExportsAtOnce) {}
  ~Turnstile() { --inside_; }
  Turnstile(const Turnstile&) = delete;
  Turnstile& operator=(const Turnstile&) = delete;
  bool is_in() const { return is_in_; }

 private:
  std::atomic<int>& inside_;
  bool is_in_;
};

struct Made {
  ExportFilePtr file{};  // or
  std::string bytes{};
  int64_t rows = 0;
};

Result<Made> make(Services& at, const Call& call, const Kind& kind, const engine::Wish& wish) {
  engine::ExportReader reader = TRY(engine::ExportReader::open(
      at.engine, call.by,
      {.form = call.params.at("form"), .wish = wish, .rows_max = kind.rows_max}));
  PrintWords words(language_of_file(call), at.engine.config().time_zone_offset);
  ExportPlace place{.folder = exports_folder(at.engine), .bytes_max = kExportBytesMax};
  Made made{.rows = reader.total()};
  if (kind.name == "csv") made.file = TRY(csv_file(reader, words, place));
  if (kind.name == "xlsx") made.file = TRY(xlsx_file(reader, words, place));
  if (kind.name == "zip") {
    ZipWish zip{.engine = at.engine, .by = call.by, .words = words, .place = place};
    made.file = TRY(zip_file(reader, zip));
  }
  if (kind.name == "pdf") {
    bool is_narrowed = wish.filter.kind != Filter::Kind::All || !wish.search.empty();
    LedgerWish ledger{.plant = at.engine.plant_name(words.lang()),
                      .made_by = call.by.name,
                      .made_at = at.engine.clock().now(),
                      .is_narrowed = is_narrowed};
    made.bytes = TRY(ledger_pdf(reader, words, ledger));
  }
  return made;
}

Json note_of(const Made& made, const engine::Wish& wish) {
  int64_t bytes = made.file ? made.file->size() : static_cast<int64_t>(made.bytes.size());
  std::string hash = made.file ? made.file->sha256_hex() : to_hex(sha256(made.bytes));
  // What was searched for may be a name: it does not go into the ledger.
  return Json::object({{"rows", made.rows},
                       {"bytes", bytes},
                       {"sha256", std::move(hash)},
                       {"filter", filter_json(wish.filter)},
                       {"is_searched", !wish.search.empty()}});
}

// The small photos of the report; how many more there are.
Result<std::vector<std::string>> photos_of(Services& at, const Call& call, const Json& record,
                                           std::size_t& left_out) {
  std::vector<std::string> photos;
  const Json& items = record["photos"];
  if (!items.is_array()) return photos;
  RecordId id = TRY(path_id(call));
  for (const Json& item : items.as_array()) {
    auto bytes = photos.size() < kPhotosPrinted ? at.engine.file(call.by, call.params.at("form"),
                                                                 id, item.text_or("sha256", ""))
                                                : Result<std::string>(std::string());
    bool is_printable =
        bytes && bytes->size() <= kPhotoBytesMax && bytes->starts_with("\xFF\xD8\xFF");
    if (is_printable) photos.push_back(std::move(*bytes));
    else ++left_out;
  }
  return photos;
}

// Where a phone that reads the code finds the record; empty where nobody knows our address.
std::string address_of(Services& at, const std::string& form, RecordId id) {
  std::vector<std::string> addresses = at.addresses();
  if (addresses.empty()) return {};
  return addresses[0] + "/desk/#/case/" + form + "/" + id.text();
}

// A printed sheet leaves when the ledger knows of it.
struct Printed {
  std::string form;
  std::string kind;
  RecordId id;
  const Json& record;
};
Result<Answer> printed(Services& at, const Call& call, const Printed& what, std::string body) {
  Answer answer{.body = std::move(body)};
  TRY(engine::note_export(
      at.engine, call.by,
      {.form = what.form,
       .kind = what.kind,
       .id = what.id,
       .detail = Json::object({{"bytes", static_cast<int64_t>(answer.body.size())},
                               {"sha256", to_hex(sha256(answer.body))}})}));
  answer.type = "application/pdf";
  std::string name = what.record.text_or("number", what.id.text());
  answer.headers = {{"Cache-Control", "no-store"},
                    {"Content-Disposition", "inline; filename=\"" + name + ".pdf\""}};
  return answer;
}

}  // namespace

namespace handle {

Result<Json> figures(Services& at, const Call& call) {
  return engine::figures(at.engine, call.by,
                         {.from = query_text(call, "from"),
                          .to = query_text(call, "to"),
                          .org = query_text(call, "org")});
}

Result<Answer> export_records(Services& at, const Call& call) {
  const Kind* kind = TRY(kind_of(call));
  engine::Wish wish = TRY(wish_of(call));
  Turnstile turnstile(at.exports);
  if (!turnstile.is_in()) return refuse(ErrorCode::Overloaded, "others are exporting");
  Made made = TRY(make(at, call, *kind, wish));
  std::string form = call.params.at("form");
  TRY(engine::note_export(
      at.engine, call.by,
      {.form = form, .kind = std::string(kind->name), .detail = note_of(made, wish)}));
  std::string day = format_instant(at.engine.clock().now()).substr(0, 10);
  std::string name = form + "-" + day + "." + std::string(kind->name);
  Answer answer{.body = std::move(made.bytes)};
  answer.type = kind->type;
  answer.file = std::move(made.file);
  answer.headers = {{"Cache-Control", "no-store"},
                    {"Content-Disposition", "attachment; filename=\"" + name + "\""}};
  return answer;
}

Result<Answer> notice_file(Services& at, const Call& call) {
  RecordId id = TRY(path_id(call));
  std::string form_id = call.params.at("form");
  NoticeWish wish{.sheet = TRY(engine::record_sheet(at.engine, call.by, form_id, id)),
                  .address = address_of(at, form_id, id),
                  .made_by = call.by.name};
  const records::Form* form = at.engine.packs().forms.find(form_id);
  wish.photos = TRY(photos_of(at, call, wish.sheet["record"], wish.photos_left_out));
  PrintWords words(language_of_file(call), at.engine.config().time_zone_offset);
  std::string body = TRY(notice_pdf(*form, words, wish));
  return printed(at, call, {form_id, "notice", id, wish.sheet["record"]}, std::move(body));
}

Result<Answer> permit_file(Services& at, const Call& call) {
  RecordId id = TRY(path_id(call));
  PermitWish wish{.sheet = TRY(engine::permit_sheet(at.engine, call.by, id)),
                  .address = address_of(at, "permit", id),
                  .made_by = call.by.name};
  PrintWords words(language_of_file(call), at.engine.config().time_zone_offset);
  std::string body = TRY(permit_pdf(at.engine.packs().forms, words, wish));
  return printed(at, call, {"permit", "permit", id, wish.sheet["record"]}, std::move(body));
}

}  // namespace handle
}  // namespace anlan::api
