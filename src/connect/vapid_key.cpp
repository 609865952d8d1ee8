#include "connect/vapid_key.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "core/base64.h"
#include "core/text.h"

namespace anlan::connect {
namespace {

std::unexpected<Error> failed(std::string_view what, const std::string& path) {
  return refuse(ErrorCode::StoreFailed, std::string(what) + " " + path);
}

// Beside, synced, then linked to its name: there is never half a key, and of two that begin at once
// one wins.
Result<void> write_new(const std::string& path, const std::string& text) {
  std::string beside = path + ".new";
  std::remove(beside.c_str());
  int file = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return failed("writing", path);
  bool is_written = ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
                    ::fsync(file) == 0;
  ::close(file);
  bool is_linked = is_written && (::link(beside.c_str(), path.c_str()) == 0 || errno == EEXIST);
  std::remove(beside.c_str());
  if (!is_linked) return failed("writing", path);
  return {};
}

}  // namespace

Result<P256Key> vapid_key(const std::string& path, Random& random) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) {
    P256Key key = TRY(new_p256_key(random));
    TRY(write_new(path, base64url(key.secret) + "\n"));
  }
  std::ifstream in(path);
  std::string line;
  if (!std::getline(in, line)) return failed("reading", path);
  auto secret = from_base64url(trim(line));
  if (!secret) return refuse(ErrorCode::BadField, path + " holds no VAPID key");
  return p256_key(*secret);
}

}  // namespace anlan::connect
