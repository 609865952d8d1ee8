#pragma once
// Everything about many records in one ZIP: the table, the records as JSON, what happened to each,
// its proof, its photos, and a manifest with the SHA-256 of every file. docs/formats/export.md.

#include "api/export_sheet.h"

namespace anlan::api {

struct ZipWish {
  engine::Engine& engine;
  const access::Subject& by;
  const PrintWords& words;
  ExportPlace place;
};
// By libarchive (docs/decisions/0024); only this file's source knows it.
Result<ExportFilePtr> zip_file(engine::ExportReader& reader, const ZipWish& wish);

}  // namespace anlan::api
