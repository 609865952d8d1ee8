#pragma once
// The file of --oidc (docs/formats/oidc.md) and what belongs to it: the client secret, which lies
// in a file that nobody else may read, and the way to the provider over libcurl.

#include <functional>
#include <string>

#include "api/api.h"
#include "core/result.h"

namespace anlan::app {

struct ProviderWish {
  access::ProviderSettings settings;
  std::function<Result<api::WebReply>(const api::WebAsk& ask)> ask;
};
// Names of files in it are relative to its own folder. Forbidden where the secret's file is open to
// others.
Result<ProviderWish> read_provider_file(const std::string& path);

}  // namespace anlan::app
