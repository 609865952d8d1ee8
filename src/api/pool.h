#pragma once
// A few threads that may wait for the database, so that the threads of the network never do.

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace anlan::api {

class Pool {
 public:
  using Job = std::function<void()>;

  // Without threads (0) jobs wait until run_one: tests stay on one thread.
  explicit Pool(int threads);
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // False when kQueueMax jobs wait already: the caller refuses the request.
  bool post(Job job);
  // For the second half of work that was accepted once: never refused, so bounded by the first.
  void go_on(Job job);
  bool run_one();  // false when nothing waits
  void stop();     // runs what waits, then ends the threads

 private:
  static constexpr std::size_t kQueueMax = 2'000;  // some seconds of work: more would only time out

  void work();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> jobs_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace anlan::api
