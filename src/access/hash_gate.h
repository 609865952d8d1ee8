#pragma once
// Lets few through at a time and few wait: each password hash takes 19 MiB and a core for about
// 40 ms, so a flood of log-ins must neither fill the memory nor starve the rest. Room-internal.

#include <condition_variable>
#include <mutex>
#include <string_view>

#include "core/result.h"

namespace anlan::access {

class HashGate {
 public:
  HashGate(int running_max, int waiting_max)
      : running_max_(running_max), waiting_max_(waiting_max) {}

  class Pass {
   public:
    explicit Pass(HashGate& gate) : gate_(&gate) {}
    Pass(Pass&& other) noexcept : gate_(other.gate_) { other.gate_ = nullptr; }
    Pass& operator=(Pass&&) = delete;
    ~Pass() {
      if (gate_ != nullptr) gate_->release();
    }

   private:
    HashGate* gate_;
  };

  // Waits for its turn; Overloaded when waiting_max wait already.
  Result<Pass> enter();

 private:
  void release();

  const int running_max_;
  const int waiting_max_;
  std::mutex mutex_;
  std::condition_variable freed_;
  int running_ = 0;
  int waiting_ = 0;
};

// Of a random text that nobody kept, made as hash_password makes them: it is checked where there is
// no account, so that the answer takes as long.
std::string_view nobodys_hash();

}  // namespace anlan::access
