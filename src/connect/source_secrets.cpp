#include "connect/source_secrets.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <optional>

#include "connect/diode_wire.h"
#include "core/json.h"
#include "core/text.h"

namespace anlan::connect {
namespace {

constexpr std::size_t kBytesMax = 64 << 10;

Result<std::optional<std::string>> read_secret(const std::string& path) {
  struct stat about{};
  if (::stat(path.c_str(), &about) != 0) return std::nullopt;
  if ((about.st_mode & 077) != 0) {
    std::string name = "sources/" + std::filesystem::path(path).filename().string();
    return refuse(ErrorCode::Forbidden, name + " is open to others: chmod 600");
  }
  std::ifstream file(path, std::ios::binary);
  std::string bytes(kBytesMax + 1, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(file.gcount()));
  if (bytes.size() > kBytesMax) return refuse(ErrorCode::LimitReached, path);
  return bytes;
}

}  // namespace

Result<void> add_secrets(const std::string& data_folder, Source& source) {
  source.folder = data_folder;
  std::string stem = (std::filesystem::path(data_folder) / "sources" / source.code).string();
  std::string name = "sources/" + source.code;  // as people know it
  auto words = TRY(read_secret(stem + ".json"));
  if (words) {
    Json json = TRY(parse_json(*words));
    source.user = json.text_or("user", "");
    source.password = json.text_or("password", "");
    source.application_uri = json.text_or("application_uri", "");
    source.diode_key = from_hex(json.text_or("diode_key", ""));
  }
  auto certificate = TRY(read_secret(stem + ".cert.der"));
  auto key = TRY(read_secret(stem + ".key.der"));
  auto server = TRY(read_secret(stem + ".server.der"));
  source.certificate = certificate.value_or("");
  source.key = key.value_or("");
  source.server_certificate = server.value_or("");
  auto user_certificate = TRY(read_secret(stem + ".user.cert.der"));
  auto user_key = TRY(read_secret(stem + ".user.key.der"));
  if (user_certificate.has_value() != user_key.has_value()) {
    return refuse(ErrorCode::MissingField, name + ".user.*.der", "user_certificate");
  }
  source.user_certificate = user_certificate.value_or("");
  source.user_key = user_key.value_or("");
  bool is_diode = source.protocol == Source::Protocol::Diode;
  if (is_diode && source.diode_key.size() != kDiodeKeyBytes) {
    return refuse(ErrorCode::MissingField, name + ".json", "diode_key");
  }
  if (!source.is_secure) return {};
  if (source.protocol != Source::Protocol::Opcua) {
    source.ca_file = stem + ".ca.pem";
    if (std::filesystem::exists(source.ca_file)) return {};
    return refuse(ErrorCode::MissingField, name + ".ca.pem", "ca");
  }
  bool is_whole = certificate && key && server && !source.application_uri.empty();
  if (!is_whole) return refuse(ErrorCode::MissingField, name + ".*", "certificate");
  return {};
}

}  // namespace anlan::connect
