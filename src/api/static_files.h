#pragma once
// The built pages. The folder is listed once at the start: a path that is not in the list does not
// exist, so no path can lead outside. Bytes are read from the disk when asked for.

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "api/request.h"

namespace anlan::api {

class StaticFiles {
 public:
  // A folder that is missing is an empty list.
  static StaticFiles list(const std::string& folder);

  // Nothing when there is no such file. `path` is decoded and begins with "/". Understands
  // If-None-Match, one Range, and Accept-Encoding where a .br or .gz stands beside the file.
  std::optional<Answer> serve(std::string_view path, const Request& request) const;
  bool has(std::string_view path) const;

 private:
  struct File {
    std::string path;  // on disk
    std::string etag;
    bool has_br = false;
    bool has_gz = false;
  };
  const File* find(std::string_view path) const;

  std::map<std::string, File, std::less<>> files_;  // by "/m/index.html"
};

// Leaves of a whole answer the part that the request's Range asks for.
void cut_range(Answer& answer, const Request& request);

}  // namespace anlan::api
