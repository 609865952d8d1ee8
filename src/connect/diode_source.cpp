// The receiver of a one-way link: frames come by UDP or lie in a folder, and nothing is ever
// answered. What is missing is known by the numbers; silence makes everything stale.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <format>
#include <fstream>

#include "connect/diode_wire.h"
#include "connect/driver.h"
#include "connect/mqtt_wire.h"
#include "connect/named_tags.h"

namespace anlan::connect {
namespace {

namespace fs = std::filesystem;

constexpr Duration kTurn = Duration::milliseconds(100), kLook = Duration::milliseconds(300);
constexpr Duration kSilence = Duration::seconds(5);    // five times the sender's sign of life
constexpr Duration kAgeMost = Duration::seconds(600);  // of a datagram: older is played again
constexpr int kBufferBytes = 8 << 20;
constexpr int kDatagramsPerTurn = 256;
constexpr std::size_t kFilesPerLook = 1'000, kFilesMax = 1'000'000;

class DiodeDriver final : public BaseDriver {
 public:
  DiodeDriver(Source source, Sink& sink, Clock& clock)
      : BaseDriver(std::move(source), "diode", sink, clock), tags_(source_.code, sink) {}
  ~DiodeDriver() override { stop(); }

 private:
  enum class Told { Yes, SinkFailed };

  // Never ends by itself but where it cannot begin: who reconnects loses what comes meanwhile.
  std::string session() override {
    std::string trouble = source_.is_folder ? "" : open_socket();
    if (!trouble.empty()) return trouble;
    heard_at_ = clock_.now();
    book_.down("nothing has come yet");
    while (!stop_.is_raised()) {
      if (source_.is_folder) look();
      else listen();
      if (clock_.now() - heard_at_ > kSilence && is_up()) link_failed("nothing comes");
    }
    return "";
  }
  void closed() override {
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
  }
  void lost() override {
    Settled settled;
    give(settled, tags_.go_stale(clock_.now()));
    book_.settle(settled);
  }

  std::string open_socket() {
    sockaddr_in address{.sin_family = AF_INET, .sin_port = htons(source_.port)};
    if (inet_pton(AF_INET, source_.host.c_str(), &address.sin_addr) != 1) {
      return "the host is the address of ours that frames come to";
    }
    socket_ = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (socket_ < 0) return "no socket";
    setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &kBufferBytes, sizeof kBufferBytes);
    if (bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return "";
    return std::format("port {} is taken", source_.port);
  }

  void listen() {
    pollfd wait{.fd = socket_, .events = POLLIN};
    if (::poll(&wait, 1, static_cast<int>(kTurn.to_milliseconds())) != 1) return;
    std::string bytes(kDiodeDatagramMax + 1, '\0');
    for (int i = 0; i < kDatagramsPerTurn; ++i) {
      ssize_t got = ::recv(socket_, bytes.data(), bytes.size(), 0);
      if (got < 0) break;
      take(std::string_view(bytes).substr(0, static_cast<std::size_t>(got)), kAgeMost);
    }
    store();
  }

  // In the order of their names, which is that of their numbers. A file goes when it is stored.
  void look() {
    fs::path folder = fs::path(source_.folder) / "diode" / source_.code;
    std::vector<fs::path> files;
    std::error_code trouble;
    for (fs::directory_iterator at(folder, trouble), end; at != end && files.size() < kFilesMax;
         at.increment(trouble)) {
      if (trouble) break;
      if (at->path().extension() == ".ald") files.push_back(at->path());
    }
    std::ranges::sort(files);
    if (files.size() > kFilesPerLook) files.resize(kFilesPerLook);
    for (const fs::path& file : files) {
      std::ifstream stream(file, std::ios::binary);
      std::string bytes(kDiodeBytesMax + 1, '\0');
      stream.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
      bytes.resize(static_cast<std::size_t>(stream.gcount()));
      DiodeBook before = numbers_;
      take(bytes, std::nullopt);
      if (store() == Told::SinkFailed) {
        numbers_ = std::move(before);  // the file stays and comes again
        break;
      }
      fs::remove(file, trouble);
      if (stop_.is_raised()) return;
    }
    stop_.wait_for(kLook);
  }

  void take(std::string_view bytes, std::optional<Duration> age_most) {
    auto frame = read_diode(bytes, source_.diode_key);
    Instant now = clock_.now();
    if (!frame) return reject(frame.error(), 1);
    auto rows = static_cast<int64_t>(frame->rows.size());
    bool is_old = age_most && (frame->sent < now - *age_most || frame->sent > now + *age_most);
    if (is_old) return reject("old_frame", std::max<int64_t>(rows, 1));
    switch (numbers_.take(frame->session, frame->number)) {
      case DiodeBook::Verdict::Old: return reject("old_frame", std::max<int64_t>(rows, 1));
      case DiodeBook::Verdict::Duplicate: return book_.settle({.duplicate = rows});
      case DiodeBook::Verdict::New: break;
    }
    heard_at_ = now;
    book_.heard(now);
    // Files may lie for long before they come.
    if (!source_.is_folder) book_.stamped(frame->sent, now);
    link_works();
    tell_numbers();
    for (const DiodeRow& row : frame->rows) take_row(row, now);
  }

  void take_row(const DiodeRow& row, Instant now) {
    if (row.at > now + kFutureMax) return reject("future", 1);
    Settled settled;
    auto tag = tags_.find(row.tag, settled.rejected);
    if (!tag) return book_.settle(settled);
    history::Sample sample{
        .tag = *tag, .at = row.at, .received = now, .value = row.value, .quality = row.quality};
    if (row.is_historical || is_late(row.at, now)) return old_.push_back(sample);
    tags_.note(sample);
    live_.push_back(sample);
  }

  Told store() {
    Settled settled;
    bool is_whole = true;
    auto hand = [&](std::vector<history::Sample>& some, Result<void> given) {
      is_whole = is_whole && given;
      bool may_come_again = source_.is_folder && !given;
      if (!may_come_again) book_stored(settled, some.size(), given);
      some.clear();
    };
    if (!old_.empty()) hand(old_, sink_.historical(source_.code, old_));
    if (!live_.empty()) hand(live_, sink_.samples(source_.code, live_));
    book_.settle(settled);
    return is_whole ? Told::Yes : Told::SinkFailed;
  }

  void reject(const char* reason, int64_t count) { book_.settle({.rejected = {{reason, count}}}); }

  void tell_numbers() {
    book_.detail(Json::object({{"frames", numbers_.frames()},
                               {"missing", numbers_.missing()},
                               {"late", numbers_.late()}}));
    if (numbers_.missing() == missing_told_) return;
    missing_told_ = numbers_.missing();
    book_.note(missing_told_ == 0 ? "" : std::format("{} frames are missing", missing_told_));
  }

  DiodeBook numbers_;
  NamedTags tags_;
  std::vector<history::Sample> live_, old_;
  Instant heard_at_{};
  int64_t missing_told_ = 0;
  int socket_ = -1;
};

}  // namespace

std::unique_ptr<Driver> make_diode_driver(Source source, Sink& sink, Clock& clock) {
  return std::make_unique<DiodeDriver>(std::move(source), sink, clock);
}

}  // namespace anlan::connect
