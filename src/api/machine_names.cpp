#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

#include "api/tls.h"
#include "core/text.h"

namespace anlan::api {
namespace {

constexpr std::size_t kNamesMax = 64;  // a machine with more addresses is not a plant server

struct FreeInterfaces {
  void operator()(ifaddrs* list) const { freeifaddrs(list); }
};

void add(std::vector<std::string>& names, std::string name) {
  bool is_known = std::ranges::find(names, name) != names.end();
  if (!name.empty() && !is_known && names.size() < kNamesMax) names.push_back(std::move(name));
}

std::string host_name() {
  char name[256] = "";
  if (gethostname(name, sizeof name - 1) != 0) return {};
  std::string text = lower_ascii(name);
  // Only what can stand in a DNS name: a container's name may be anything.
  bool is_name =
      text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-.") == std::string::npos;
  return is_name ? text : std::string{};
}

std::string address_text(const sockaddr* address) {
  char text[INET6_ADDRSTRLEN] = "";
  if (address == nullptr) return {};
  if (address->sa_family == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(address);
    inet_ntop(AF_INET, &v4->sin_addr, text, sizeof text);
  } else if (address->sa_family == AF_INET6) {
    const auto* v6 = reinterpret_cast<const sockaddr_in6*>(address);
    // Link-local addresses need a zone, which no URL in a browser carries.
    if (IN6_IS_ADDR_LINKLOCAL(&v6->sin6_addr)) return {};
    inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof text);
  }
  return text;
}

bool is_loopback(std::string_view name) {
  return name == "localhost" || name.starts_with("127.") || name == "::1";
}

}  // namespace

std::vector<std::string> names_reached_by(const std::string& address,
                                          const std::vector<std::string>& names) {
  bool only_loopback = is_loopback(address);
  bool has_v6 = address.find(':') != std::string::npos;
  std::vector<std::string> reached;
  std::vector<std::string> own;
  for (const std::string& name : names) {
    bool is_v6 = name.find(':') != std::string::npos;
    if (is_v6 && !has_v6) continue;
    std::string shown = is_v6 ? "[" + name + "]" : name;
    if (is_loopback(name)) own.push_back(std::move(shown));
    else if (!only_loopback) reached.push_back(std::move(shown));
  }
  reached.insert(reached.end(), own.begin(), own.end());
  return reached;
}

std::vector<std::string> names_of_machine(const std::vector<std::string>& further) {
  std::vector<std::string> names = {"localhost", "127.0.0.1", "::1"};
  for (const std::string& name : further) add(names, lower_ascii(name));
  add(names, host_name());
  ifaddrs* first = nullptr;
  if (getifaddrs(&first) != 0) return names;
  std::unique_ptr<ifaddrs, FreeInterfaces> list(first);
  std::vector<std::string> addresses;
  for (const ifaddrs* entry = list.get(); entry != nullptr; entry = entry->ifa_next) {
    if ((entry->ifa_flags & IFF_UP) != 0) addresses.push_back(address_text(entry->ifa_addr));
  }
  std::ranges::sort(addresses);  // the kernel's order may change, our certificate should not
  for (std::string& address : addresses) add(names, std::move(address));
  return names;
}

}  // namespace anlan::api
