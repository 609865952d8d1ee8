#pragma once
// Token buckets by key, in a table that cannot grow beyond its bound.

#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "api/api.h"
#include "core/time.h"

namespace anlan::api {

class Buckets {
 public:
  explicit Buckets(Rate rate, std::size_t keys_max = 10'000) : rate_(rate), keys_max_(keys_max) {}

  // Takes one token; answers zero, or how long until there is one again. Any thread.
  Duration take(std::string_view key, Instant now);
  std::size_t size();

 private:
  struct Bucket {
    double tokens;
    Instant at;
  };
  double tokens_at(const Bucket& bucket, Instant now) const;
  void make_room(Instant now);

  Rate rate_;
  std::size_t keys_max_;
  std::mutex mutex_;
  std::unordered_map<std::string, Bucket> buckets_;
};

}  // namespace anlan::api
