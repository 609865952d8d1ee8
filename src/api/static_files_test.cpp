#include "api/static_files.h"

#include <gtest/gtest.h>

#include "api/api_fixture.h"

namespace anlan::api {
namespace {

class StaticFilesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_.write("secret.txt", "outside");
    folder_.write("dist/m/index.html", "<!doctype html>");
    folder_.write("dist/assets/app-1a2b.js", "0123456789");
    folder_.write("dist/assets/app-1a2b.js.br", "BR");
    folder_.write("dist/assets/app-1a2b.js.gz", "GZ");
    folder_.write("dist/.hidden", "no");
    std::filesystem::create_symlink(folder_.path() + "/secret.txt",
                                    folder_.path() + "/dist/link.txt");
    files_ = StaticFiles::list(folder_.path() + "/dist");
  }
  Answer serve(std::string_view path,
               std::map<std::string, std::string, std::less<>> headers = {}) {
    return files_.serve(path, {.headers = std::move(headers)}).value_or(Answer{.status = 404});
  }

  TestFolder folder_;
  StaticFiles files_;
};

TEST_F(StaticFilesTest, PagesAreAskedForAnewAndHashedFilesAreKept) {
  Answer page = serve("/m/index.html");
  EXPECT_EQ(page.type, "text/html; charset=utf-8");
  EXPECT_EQ(page.header("Cache-Control"), "no-cache");
  Answer asset = serve("/assets/app-1a2b.js");
  EXPECT_EQ(asset.type, "text/javascript; charset=utf-8");
  EXPECT_EQ(asset.header("Cache-Control"), "public, max-age=31536000, immutable");
}

TEST_F(StaticFilesTest, NothingOutsideTheListExists) {
  for (const char* path : {"/../secret.txt", "/m/../../secret.txt", "/link.txt", "/.hidden", "/m",
                           "", "/", "//m/index.html"}) {
    EXPECT_EQ(serve(path).status, 404) << path;
  }
}

TEST_F(StaticFilesTest, TheSmallestAcceptedFormIsSent) {
  EXPECT_EQ(serve("/assets/app-1a2b.js", {{"accept-encoding", "gzip, br"}}).body, "BR");
  Answer gzip = serve("/assets/app-1a2b.js", {{"accept-encoding", "gzip;q=0.5, br;q=0"}});
  EXPECT_EQ(gzip.body, "GZ");
  EXPECT_EQ(gzip.header("Content-Encoding"), "gzip");
  EXPECT_EQ(gzip.header("Vary"), "Accept-Encoding");
  EXPECT_EQ(serve("/assets/app-1a2b.js").body, "0123456789");
}

TEST_F(StaticFilesTest, AKnownEtagSavesTheBytes) {
  std::string etag(serve("/m/index.html").header("ETag"));
  Answer again = serve("/m/index.html", {{"if-none-match", etag}});
  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(again.body, "");
}

TEST_F(StaticFilesTest, RangesFollowTheClause) {
  auto range = [this](std::string text) {
    return serve("/assets/app-1a2b.js", {{"range", std::move(text)}, {"accept-encoding", "br"}});
  };
  EXPECT_EQ(range("bytes=2-4").body, "234");
  EXPECT_EQ(range("bytes=2-4").status, 206);
  EXPECT_EQ(range("bytes=2-4").header("Content-Range"), "bytes 2-4/10");
  EXPECT_EQ(range("bytes=8-").body, "89");
  EXPECT_EQ(range("bytes=-3").body, "789");
  EXPECT_EQ(range("bytes=5-999").body, "56789");
  EXPECT_EQ(range("bytes=10-").status, 416);
  EXPECT_EQ(range("bytes=-0").status, 416);
  EXPECT_EQ(range("bytes=4-2").status, 200);
  EXPECT_EQ(range("bytes=0-1,3-4").status, 200);
  EXPECT_EQ(range("lines=1-2").status, 200);
  EXPECT_EQ(range("bytes=99999999999999999999-").status, 200);
}

}  // namespace
}  // namespace anlan::api
