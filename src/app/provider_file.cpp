#include "app/provider_file.h"

#include <sys/stat.h>

#include <filesystem>

#include "app/backup_files.h"
#include "connect/connect.h"
#include "core/text.h"

namespace anlan::app {
namespace {

constexpr std::size_t kFileBytesMax = 16 << 10;
constexpr Duration kAskTimeOut = Duration::seconds(5);  // a person waits for it

std::string beside(const std::string& path, const std::string& name) {
  return (std::filesystem::path(path).parent_path() / name).string();
}

Result<std::string> read_secret(const std::string& path) {
  struct stat about{};
  if (::stat(path.c_str(), &about) != 0) return refuse(ErrorCode::NotFound, path);
  if ((about.st_mode & 077) != 0) {
    return refuse(ErrorCode::Forbidden, path + " is open to others: chmod 600");
  }
  std::string secret(trim(TRY(read_whole(path, kFileBytesMax))));
  if (secret.empty()) return refuse(ErrorCode::BadField, path + " is empty", "client_secret_file");
  return secret;
}

}  // namespace

Result<ProviderWish> read_provider_file(const std::string& path) {
  std::string text = TRY(read_whole(path, kFileBytesMax));
  access::SettingsFile file = TRY(access::read_settings(text));
  if (!file.secret_file.empty()) {
    file.settings.client_secret = TRY(read_secret(beside(path, file.secret_file)));
  }
  std::vector<std::string> files;
  for (const std::string& name : file.settings.authorities) files.push_back(beside(path, name));
  connect::WebTrust trust{.authorities = TRY(connect::trusted_authorities(files)),
                          .plain = connect::PlainHttp::Loopback};
  auto ask = [trust](const api::WebAsk& wish) -> Result<api::WebReply> {
    connect::WebRequest request{.url = wish.url,
                                .headers = wish.headers,
                                .body = wish.body,
                                .is_post = !wish.body.empty(),
                                .time_out = kAskTimeOut};
    connect::WebAnswer answer = TRY(connect::web_ask(std::move(request), trust));
    return api::WebReply{.status = answer.status, .body = std::move(answer.body)};
  };
  return ProviderWish{.settings = std::move(file.settings), .ask = std::move(ask)};
}

}  // namespace anlan::app
