#pragma once
// vision looks at photos in a process of its own: `anlan-vision`, which has OpenCV, no network, no
// files and little memory. A hostile picture ends that process and nothing else. It measures; it
// never passes or refuses anything.
//
//   Eyes eyes({.program = "build/release/anlan-vision"});
//   PhotoSeen photo = TRY(eyes.look(bytes));
//   PairSeen pair = TRY(eyes.compare(before_bytes, after_bytes, {}));

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/time.h"

namespace anlan::vision {

// Parts of width and height, 0 to 1.
struct Box {
  double x = 0, y = 0, width = 0, height = 0;
};

struct PhotoSeen {
  uint32_t width = 0, height = 0;  // upright, after the Exif orientation
  std::string print;               // fingerprint, opaque, at most 16 KB
  std::string thumbnail;           // JPEG, longer side at most 320 px
  double sharpness = 0;            // 0: nothing to see, 1: sharp
  double darkness = 0;             // 0: bright, 1: black
};

struct PairSeen {
  double same_scene = 0;     // 0 to 1, calibrated: 0.5 means as likely as not
  double context = 0;        // similarity outside the box, 0 to 1
  double changed = 0;        // change inside the box, 0 to 1
  bool is_reupload = false;  // the same exposure: cropped, compressed, retouched
  std::optional<std::vector<double>> homography{};  // 9 numbers, after -> before, in parts
  Box box{};  // the given one, or proposed from the difference
  bool is_box_proposed = false;
  int inliers = 0;
};

// A past photo that may be the same exposure as the one asked for.
struct Suspect {
  std::string sha256;
  double score = 0;  // 0 to 1 from the fingerprints; compare() decides
};

class Eyes {
 public:
  struct Config {
    std::string program;                          // path of anlan-vision
    Duration time_limit = Duration::seconds(20);  // for one question; then the process is ended
    std::size_t memory_mb = 768;
  };
  explicit Eyes(Config config);
  ~Eyes();  // ends the process
  Eyes(const Eyes&) = delete;
  Eyes& operator=(const Eyes&) = delete;

  // One thread at a time. BadImage: what is no picture, or can't be decoded. Internal: the process
  // died or was too slow; the next question starts another.
  Result<PhotoSeen> look(std::string_view photo);
  Result<PairSeen> compare(std::string_view before, std::string_view after, std::optional<Box> box);

 private:
  struct Process;
  std::unique_ptr<Process> process_;
  Config config_;
};

// Fingerprints of all past photos, in memory of the caller (plain arithmetic, no OpenCV): finds
// re-compressed, scaled, cropped copies. Not safe for several threads at once.
class PrintIndex {
 public:
  PrintIndex();
  ~PrintIndex();
  void add(std::string_view sha256, std::string_view print);  // a damaged print is ignored
  std::size_t size() const;
  // Best first, at most `count`; only what is suspicious enough to be worth a compare().
  std::vector<Suspect> find(std::string_view print, std::size_t count) const;

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

}  // namespace anlan::vision
