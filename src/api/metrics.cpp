#include "api/metrics.h"

#include <algorithm>
#include <format>

namespace anlan::api {

void Metrics::add(int status, Duration length) {
  ++by_class_[static_cast<std::size_t>(std::clamp(status / 100, 0, 5))];
  auto bound = std::ranges::lower_bound(kBoundsMs, (length.ns + 999'999) / 1'000'000);
  ++by_length_[static_cast<std::size_t>(bound - kBoundsMs.begin())];
  length_us_ += length.ns / 1000;
}

std::string Metrics::text() const {
  std::string out =
      "# HELP anlan_requests_total Answers by the hundred of their status.\n"
      "# TYPE anlan_requests_total counter\n";
  for (std::size_t i = 1; i < by_class_.size(); ++i) {
    out += std::format("anlan_requests_total{{status=\"{}xx\"}} {}\n", i, by_class_[i].load());
  }
  out +=
      "# HELP anlan_request_seconds From the whole request to its answer.\n"
      "# TYPE anlan_request_seconds histogram\n";
  int64_t sum = 0;
  for (std::size_t i = 0; i < by_length_.size(); ++i) {
    sum += by_length_[i].load();
    std::string bound =
        i < kBoundsMs.size() ? std::format("{}", static_cast<double>(kBoundsMs[i]) / 1000) : "+Inf";
    out += std::format("anlan_request_seconds_bucket{{le=\"{}\"}} {}\n", bound, sum);
  }
  return out + std::format("anlan_request_seconds_sum {:.6f}\nanlan_request_seconds_count {}\n",
                           static_cast<double>(length_us_.load()) / 1e6, sum);
}

std::string metric(std::string_view name, std::string_view kind, std::string_view help,
                   int64_t value) {
  return std::format("# HELP anlan_{0} {2}\n# TYPE anlan_{0} {1}\nanlan_{0} {3}\n", name, kind,
                     help, value);
}

// Every part is ours and plain: nothing in it needs escaping.
std::string request_line(const RequestNote& note) {
  return std::format(
      R"({{"at":"{}","level":"info","what":"request","request":"{}","method":"{}","route":"{}",)"
      R"("status":{},"us":{}}})",
      format_instant(note.at), note.id, note.method, note.route, note.status,
      note.length.ns / 1000);
}

}  // namespace anlan::api
