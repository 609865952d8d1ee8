#include "api/export_zip.h"

#include <archive.h>
#include <archive_entry.h>

#include <set>
#include <utility>

#include "core/hash.h"
#include "core/text.h"

namespace anlan::api {
namespace {

constexpr std::size_t kPieceBytes = 256 << 10;

struct FreeArchive {
  void operator()(archive* made) const { archive_write_free(made); }
};
struct FreeEntry {
  void operator()(archive_entry* entry) const { archive_entry_free(entry); }
};

enum class Packing { Deflate, Store };  // photos are packed already

struct ZipEntry {
  std::string path;
  int64_t bytes = 0;
  Packing packing = Packing::Deflate;
};

// One ZIP that grows in a file. What libarchive can't write it says as a number; why, stands here.
class Zip {
 public:
  static Result<std::unique_ptr<Zip>> create(const ExportPlace& place, Instant now) {
    std::unique_ptr<Zip> zip(new Zip);
    zip->file_ = TRY(ExportFile::create(place.folder, place.bytes_max));
    zip->now_ = now;
    zip->archive_.reset(archive_write_new());
    archive* made = zip->archive_.get();
    bool is_good =
        made != nullptr && archive_write_set_format_zip(made) == ARCHIVE_OK &&
        archive_write_set_bytes_per_block(made, 0) == ARCHIVE_OK &&
        archive_write_open2(made, zip.get(), nullptr, &Zip::take, nullptr, nullptr) == ARCHIVE_OK;
    if (!is_good) return refuse(ErrorCode::Internal, "libarchive gives no ZIP");
    return zip;
  }

  Result<void> add(const ZipEntry& entry, const std::function<std::string()>& next_piece) {
    std::unique_ptr<archive_entry, FreeEntry> head(archive_entry_new());
    archive_entry_set_pathname(head.get(), entry.path.c_str());
    archive_entry_set_size(head.get(), entry.bytes);
    archive_entry_set_filetype(head.get(), AE_IFREG);
    archive_entry_set_perm(head.get(), 0644);
    archive_entry_set_mtime(head.get(), now_.to_milliseconds() / 1000, 0);
    if (entry.packing == Packing::Store) archive_write_zip_set_compression_store(archive_.get());
    else archive_write_zip_set_compression_deflate(archive_.get());
    TRY(check(archive_write_header(archive_.get(), head.get())));
    Sha256 hash;
    int64_t written = 0;
    for (std::string piece = next_piece(); !piece.empty(); piece = next_piece()) {
      hash.add(piece);
      la_ssize_t count = archive_write_data(archive_.get(), piece.data(), piece.size());
      if (count < 0) TRY(check(static_cast<int>(count)));
      written += static_cast<int64_t>(piece.size());
    }
    if (written != entry.bytes) return refuse(ErrorCode::StoreFailed, "a file changed its length");
    TRY(check(archive_write_finish_entry(archive_.get())));
    files_.push(Json::object(
        {{"path", entry.path}, {"bytes", entry.bytes}, {"sha256", to_hex(hash.finish())}}));
    return {};
  }

  Result<void> add_text(const std::string& path, const std::string& text) {
    bool is_given = false;
    return add({.path = path, .bytes = static_cast<int64_t>(text.size())},
               [&] { return std::exchange(is_given, true) ? std::string() : text; });
  }

  Result<ExportFilePtr> close(Json manifest) {
    manifest.set("files", std::move(files_));
    files_ = Json::array();
    TRY(add_text("manifest.json", write_json_pretty(manifest)));
    TRY(check(archive_write_close(archive_.get())));
    return file_;
  }

 private:
  static la_ssize_t take(archive* made, void* zip, const void* bytes, size_t count) {
    auto* self = static_cast<Zip*>(zip);
    auto written = self->file_->write({static_cast<const char*>(bytes), count});
    if (written) return static_cast<la_ssize_t>(count);
    self->refused_ = written.error();
    archive_set_error(made, EIO, "refused");
    return -1;
  }
  Result<void> check(int status) {
    if (status >= ARCHIVE_WARN) return {};
    if (refused_) return std::unexpected(*refused_);
    const char* said = archive_error_string(archive_.get());
    return refuse(ErrorCode::StoreFailed, std::string("zip: ") + (said == nullptr ? "" : said));
  }

  ExportFilePtr file_;
  std::optional<Error> refused_;
  Instant now_{};
  Json files_ = Json::array();
  std::unique_ptr<archive, FreeArchive> archive_;  // last: its end still writes into file_
};

std::string_view ending_of(std::string_view bytes) {
  if (bytes.starts_with("\xFF\xD8\xFF")) return ".jpg";
  if (bytes.starts_with("\x89PNG")) return ".png";
  if (bytes.starts_with("RIFF")) return ".webp";
  if (bytes.starts_with("\x1A\x45\xDF\xA3")) return ".webm";
  if (bytes.size() >= 8 && bytes.substr(4, 4) == "ftyp") return ".mp4";
  return ".bin";
}

// What is remembered of each record while the table is written.
struct Record {
  RecordId id{};
  std::string name;  // number, else id
  std::vector<std::string> files;
};

Result<Record> remember(const engine::ExportReader& reader, const Json& row) {
  Record record{.id = TRY(RecordId::parse(row.text_or("id", "")))};
  record.name = row.text_or("number", record.id.text());
  for (const records::Field* member : reader.members()) {
    const Json& photos = row[member->key];
    if (member->kind != records::FieldKind::Photos || !photos.is_array()) continue;
    for (const Json& photo : photos.as_array()) {
      record.files.push_back(photo.text_or("sha256", ""));
    }
  }
  return record;
}

Result<void> add_file(Zip& zip, const std::string& path, const ExportFile& file) {
  int64_t at = 0;
  return zip.add({.path = path, .bytes = file.size()}, [&] {
    std::string piece(kPieceBytes, '\0');
    piece.resize(file.read(at, piece.data(), piece.size()));
    at += static_cast<int64_t>(piece.size());
    return piece;
  });
}

// records.csv and records.json, one row after the other, and what must be fetched later.
Result<std::vector<Record>> add_tables(Zip& zip, engine::ExportReader& reader,
                                       const ZipWish& wish) {
  ExportFilePtr csv = TRY(ExportFile::create(wish.place.folder, wish.place.bytes_max));
  ExportFilePtr json = TRY(ExportFile::create(wish.place.folder, wish.place.bytes_max));
  TRY(csv->write(kByteOrderMark));
  TRY(csv->write(csv_line(head_cells(reader, wish.words))));
  std::vector<Record> all;
  TRY(reader.each([&](const Json& row) -> Result<void> {
    TRY(csv->write(csv_line(row_cells(reader, wish.words, row))));
    TRY(json->write((all.empty() ? "[\n" : ",\n") + write_json(row)));
    Record record = TRY(remember(reader, row));
    all.push_back(std::move(record));
    return {};
  }));
  TRY(json->write(all.empty() ? "[]\n" : "\n]\n"));
  TRY(add_file(zip, "records.csv", *csv));
  TRY(add_file(zip, "records.json", *json));
  return all;
}

Result<void> add_past(Zip& zip, const std::string& form, const Record& record,
                      const ZipWish& wish) {
  Json history = TRY(wish.engine.history(wish.by, form, record.id));
  Json timeline = TRY(wish.engine.timeline(wish.by, form, record.id));
  Json past = Json::object({{"id", record.id.text()},
                            {"number", record.name},
                            {"history", history["rows"]},
                            {"timeline", timeline["rows"]}});
  TRY(zip.add_text("past/" + record.name + ".json", write_json_pretty(past)));
  Json proof = TRY(wish.engine.proof(wish.by, form, record.id));
  return zip.add_text("proofs/" + record.name + ".anlan-proof.json", write_json(proof));
}

// Asked like any reader asks: a record may name a file that its reporter never brought. What is not
// there is told in the manifest; the rest goes out. One file in memory: a video has 64 MB.
Result<bool> add_photo(Zip& zip, const std::string& form, const Record& record,
                       const std::string& sha256, const ZipWish& wish) {
  auto bytes = wish.engine.file(wish.by, form, record.id, sha256);
  if (!bytes && bytes.error().code == ErrorCode::NotFound) return false;
  if (!bytes) return std::unexpected(bytes.error());
  std::string name = "photos/" + sha256 + std::string(ending_of(*bytes));
  auto size = static_cast<int64_t>(bytes->size());
  bool is_given = false;
  TRY(zip.add({.path = name, .bytes = size, .packing = Packing::Store},
              [&] { return std::exchange(is_given, true) ? std::string() : std::move(*bytes); }));
  return true;
}

}  // namespace

Result<ExportFilePtr> zip_file(engine::ExportReader& reader, const ZipWish& wish) {
  Instant now = wish.engine.clock().now();
  auto zip = TRY(Zip::create(wish.place, now));
  std::vector<Record> all = TRY(add_tables(*zip, reader, wish));
  const std::string& form = reader.form().id;
  for (const Record& record : all) TRY(add_past(*zip, form, record, wish));
  std::set<std::string> done;
  Json missing = Json::array();
  for (const Record& record : all) {
    for (const std::string& sha256 : record.files) {
      if (done.contains(sha256)) continue;
      if (TRY(add_photo(*zip, form, record, sha256, wish))) done.insert(sha256);
      else missing.push(sha256);
    }
  }
  return zip->close(Json::object({{"format", "anlan.export/1"},
                                  {"form", form},
                                  {"made_at", format_instant(now)},
                                  {"made_by", wish.by.name},
                                  {"records", static_cast<int64_t>(all.size())},
                                  {"missing_photos", std::move(missing)}}));
}

}  // namespace anlan::api
