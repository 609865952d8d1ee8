#pragma once
// Which message goes next, when, and together with which others. No thread, no socket: the time
// comes in with each call. A lane is one robot, or one push service with all its browsers; a lane
// whose host does not answer is probed with one message at a time, so it takes no place from others
// (no push service of Google's answers in mainland China).

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "connect/messenger.h"
#include "connect/robot_wire.h"
#include "core/random.h"
#include "core/time.h"

namespace anlan::connect {

// Both robots allow 20 in a minute: 5 at once and then one in 4 s make 20 in any minute.
inline constexpr int kRobotBurst = 5;
inline constexpr Duration kRobotRefill = Duration::seconds(4);
inline constexpr Duration kMessageLife = Duration::minutes(5);  // then Failed: others must know
inline constexpr std::size_t kMessagesMax = 10'000;
inline constexpr int kActiveMax = 32;      // requests at once
inline constexpr int kActivePerHost = 24;  // of them to one push service

struct Waiting {
  Outgoing message;
  Instant since{};
  uint64_t order = 0;
  int tries = 0;
  std::string trouble{};  // of the last try
};

// What one request carries: one message, or several for a robot.
struct Batch {
  std::string lane;
  std::vector<Waiting> messages;
  std::string robot_text{};
};

class MessageQueue {
 public:
  // `site` begins the links of robots: "https://anlan.plant.cn:8443"; empty: no links.
  MessageQueue(Random& random, std::string site) : random_(random), site_(std::move(site)) {}

  void add(Outgoing message, Instant now);  // its endpoint must be a URL
  std::optional<Batch> next(Instant now);

  enum class End { Answered, Later, NoAnswer, TooFast };
  // Each batch of next() ends once. All but Answered go back to wait: after a pause of their own
  // (Later), until the host answers (NoAnswer), or until the robot may speak again (TooFast).
  struct Ending {
    End end = End::Answered;
    Duration pause{};  // asked for by the other side; 0: ours
    std::string trouble{};
  };
  void finish(Batch batch, const Ending& ending, Instant now);

  // Those that waited longer than kMessageLife. Also forgets lanes that nobody needs.
  std::vector<Waiting> take_expired(Instant now);
  // How long nothing can happen without a new message or an answer; at most a second.
  Duration idle(Instant now) const;

 private:
  using Order = std::pair<int, uint64_t>;
  struct Lane {
    bool is_robot = false;
    std::map<Order, Waiting> waiting{};
    int active = 0;
    int failures = 0;
    Instant not_before{};
    int tokens = kRobotBurst;
    Instant refilled_at{};
  };

  void go_back(Instant now);
  void wake_later(Instant now);
  static void refill(Lane& lane, Instant now);
  static bool may_send(const Lane& lane, Instant now);
  Batch take(const std::string& key, Lane& lane);
  void put(Waiting waiting, Instant now);
  Duration back_off(int tries);
  RobotMessage robot_message(const Outgoing& message) const;

  Random& random_;
  std::string site_;
  std::map<std::string, Lane> lanes_;
  std::multimap<Instant, Waiting> later_;
  uint64_t next_order_ = 0;
  int active_ = 0;
  Instant seen_{};
};

}  // namespace anlan::connect
