#include <signal.h>
#include <sys/resource.h>

#include <fstream>
#include <thread>

#include "core/hash.h"
#include "core/limits.h"
#include "core/text.h"
#include "store/blob_folder.h"
#include "store/store_fixture.h"

namespace anlan::store {
namespace {

namespace fs = std::filesystem;

class BlobsTest : public testing::Test {
 protected:
  TempFolder folder_;
  std::string where_ = folder_.path() + "/blobs";
  BlobFolder blobs_{where_};
  std::string bytes_ = std::string(100'000, 'a') + "end";
  std::string hash_ = to_hex(sha256(bytes_));
  int64_t total_ = static_cast<int64_t>(bytes_.size());
};

TEST_F(BlobsTest, UploadGoesOnAfterACutAtAnyByte) {
  EXPECT_EQ(blobs_.put(hash_, 0, total_, bytes_.substr(0, 12'345))->received, 12'345);
  EXPECT_EQ(blobs_.read(hash_).error().code, ErrorCode::NotFound);
  EXPECT_EQ(blobs_.path(hash_).error().code, ErrorCode::NotFound);
  BlobFolder restarted(where_);
  EXPECT_EQ(restarted.state(hash_)->received, 12'345);
  EXPECT_EQ(restarted.put(hash_, 0, total_, bytes_).error().code, ErrorCode::Conflict);
  EXPECT_TRUE(restarted.put(hash_, 12'345, total_, bytes_.substr(12'345))->is_whole);
  EXPECT_EQ(restarted.read(hash_).value(), bytes_);
  EXPECT_EQ(restarted.path(hash_).value(), where_ + "/" + hash_.substr(0, 2) + "/" + hash_);
  EXPECT_TRUE(restarted.put(hash_, 0, total_, bytes_)->is_whole) << "again is no harm";
}

TEST_F(BlobsTest, CutBetweenTheLastPieceAndItsSealIsMended) {
  for (bool begins_anew : {true, false}) {
    std::string part = where_ + "/" + hash_.substr(0, 2) + "/" + hash_ + ".part";
    ASSERT_TRUE(blobs_.put(hash_, 0, total_, bytes_.substr(0, 10)));
    std::ofstream(part, std::ios::binary) << bytes_;
    EXPECT_EQ(blobs_.state(hash_)->received, total_);
    EXPECT_FALSE(blobs_.state(hash_)->is_whole);
    // Who goes on where the state says has nothing left to send, and still shows that he has it.
    if (!begins_anew) {
      EXPECT_EQ(blobs_.put(hash_, total_, total_, "").error().code, ErrorCode::Conflict);
    }
    EXPECT_TRUE(blobs_.put(hash_, 0, total_, bytes_.substr(0, 9'000))->is_whole);
    EXPECT_EQ(blobs_.read(hash_).value(), bytes_);
    fs::remove_all(where_);
  }
}

TEST_F(BlobsTest, BytesWithAnotherHashAreDropped) {
  EXPECT_EQ(blobs_.put(hash_, 0, 5, "wrong").error().code, ErrorCode::HashMismatch);
  EXPECT_EQ(blobs_.state(hash_)->received, 0);
  EXPECT_TRUE(blobs_.put(hash_, 0, total_, bytes_)->is_whole);
}

TEST_F(BlobsTest, BoundsAndNamesAreRefused) {
  std::string chunk(limits::kBlobChunkBytesMax + 1, 'x');
  EXPECT_EQ(blobs_.put(hash_, 0, total_ * 100, chunk).error().code, ErrorCode::TooLarge);
  EXPECT_EQ(blobs_.put(hash_, 0, INT64_MAX, "x").error().code, ErrorCode::TooLarge);
  EXPECT_EQ(blobs_.put(hash_, INT64_MAX, 10, "x").error().code, ErrorCode::BadRequest);
  EXPECT_EQ(blobs_.put(hash_, -1, 10, "x").error().code, ErrorCode::BadRequest);
  EXPECT_EQ(blobs_.put(hash_, 0, 10, "").error().code, ErrorCode::BadRequest);
  EXPECT_EQ(blobs_.put(hash_, 0, 0, "").error().code, ErrorCode::BadRequest);
  for (std::string bad :
       {std::string("../../etc/passwd"), std::string(64, 'G'), "../" + std::string(61, 'a'),
        hash_ + "0", std::string(), std::string(64, '/'), std::string(64, 'A')}) {
    EXPECT_EQ(blobs_.state(bad).error().code, ErrorCode::BadRequest) << bad;
    EXPECT_EQ(blobs_.put(bad, 0, 1, "x").error().code, ErrorCode::BadRequest) << bad;
    EXPECT_EQ(blobs_.read(bad).error().code, ErrorCode::BadRequest) << bad;
    EXPECT_EQ(blobs_.path(bad).error().code, ErrorCode::BadRequest) << bad;
  }
}

TEST_F(BlobsTest, TwoUploadsOfOnePhotoGiveOneWholeBlob) {
  auto upload = [&] {
    for (int64_t at = 0; at < total_;) {
      auto chunk = std::string_view(bytes_).substr(static_cast<std::size_t>(at), 1000);
      auto answer = blobs_.put(hash_, at, total_, chunk);
      at = answer ? answer->received : blobs_.state(hash_)->received;
    }
  };
  {
    std::jthread one(upload);
    std::jthread other(upload);
  }
  EXPECT_EQ(blobs_.read(hash_).value(), bytes_);
}

// A limit on file size stands in for a full disk: the write is cut in the same way.
TEST_F(BlobsTest, FullDiskRefusesTheChunkAndKeepsWhatWasReceived) {
  ASSERT_TRUE(blobs_.put(hash_, 0, total_, bytes_.substr(0, 50'000)));
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  auto handler = signal(SIGXFSZ, SIG_IGN);
  rlimit tight{60'000, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &tight);
  auto answer = blobs_.put(hash_, 50'000, total_, bytes_.substr(50'000));
  setrlimit(RLIMIT_FSIZE, &before);
  signal(SIGXFSZ, handler);
  EXPECT_EQ(answer.error().code, ErrorCode::DiskFull);
  EXPECT_EQ(blobs_.state(hash_)->received, 50'000);
  EXPECT_TRUE(blobs_.put(hash_, 50'000, total_, bytes_.substr(50'000))->is_whole);
}

}  // namespace
}  // namespace anlan::store
