#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <map>

#include "api/api_fixture.h"
#include "api/export_zip.h"
#include "api/ledger_pdf.h"
#include "api/qr.h"

namespace anlan::api {
namespace {

namespace fs = std::filesystem;

using Files = std::map<std::string, std::string>;

// What a ZIP holds, read by the library and not by us.
Files unzipped(const std::string& bytes) {
  Files files;
  archive* zip = archive_read_new();
  archive_read_support_format_zip(zip);
  archive_read_open_memory(zip, bytes.data(), bytes.size());
  archive_entry* entry = nullptr;
  while (archive_read_next_header(zip, &entry) == ARCHIVE_OK) {
    std::string& file = files[archive_entry_pathname(entry)];
    char piece[4096];
    for (la_ssize_t count; (count = archive_read_data(zip, piece, sizeof piece)) > 0;) {
      file.append(piece, static_cast<std::size_t>(count));
    }
  }
  archive_read_free(zip);
  return files;
}

std::string said_by(const std::string& command) {
  std::string out;
  std::FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  char bytes[4096];
  while (std::size_t count = std::fread(bytes, 1, sizeof bytes, pipe)) out.append(bytes, count);
  ::pclose(pipe);
  return out;
}

std::string small_photo(std::string_view salt) {
  std::ifstream in("tests/data/phone.jpg", std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(in), {}};
  // A comment behind the beginning makes it another file.
  std::string comment = "\xff\xfe";
  comment += static_cast<char>((salt.size() + 2) >> 8);
  comment += static_cast<char>((salt.size() + 2) & 0xff);
  return bytes.substr(0, 2) + comment + std::string(salt) + bytes.substr(2);
}

class ExportTest : public ApiTest {
 protected:
  // The auditor of this plant may export, but not see descriptions, and exposure only masked.
  void SetUp() override {
    fs::copy("packs", folder_.path() + "/packs", fs::copy_options::recursive);
    hide_from_auditor();
    engine::Config config = test_engine_config(folder_.path(), clock_, random_);
    config.pack_folders = {folder_.path() + "/packs"};
    auto opened = engine::Engine::open(config);
    ASSERT_TRUE(opened) << opened.error().detail << opened.error().field;
    engine_ = std::move(*opened);
    auto seeded = engine::seed_demo(*engine_);
    ASSERT_TRUE(seeded) << seeded.error().detail << seeded.error().field;
    folder_.write("web/m/index.html", "<!doctype html><title>m</title>");
    config_.web_folder = folder_.path() + "/web";
    config_.folder = folder_.path();
    config_.plain_http = true;
    make_site();
  }

  void hide_from_auditor() {
    std::string path = folder_.path() + "/packs/hazards/roles/roles.json";
    std::ifstream in(path);
    std::string text{std::istreambuf_iterator<char>(in), {}};
    Json roles = parse_json(text).value();
    Json list = roles["roles"];
    for (Json& role : list.as_array()) {
      if (role["id"] != Json("auditor")) continue;
      Json rights = role["rights"];
      for (Json& right : rights.as_array()) {
        if (right["form"] != Json("hazard")) continue;
        right.set(
            "fields",
            Json::object({{"*", "read"}, {"description", "hidden"}, {"place_note", "masked"}}));
      }
      role.set("rights", rights);
    }
    roles.set("roles", list);
    std::ofstream(path) << write_json(roles);
  }

  std::string area(const std::string& code) {
    auto view = engine_->database().snapshot().value();
    const records::Form* form = engine_->packs().forms.find("area");
    Filter filter{.kind = Filter::Kind::Eq, .field = "code", .values = {Json(code)}};
    return records::all_whole(*view, *form, filter, 2).value()[0].text_or("id", "");
  }

  Json report(const std::string& place, const std::string& description) {
    log_in("worker111");
    std::string bytes = small_photo(to_hex(sha256(place + description)));
    std::string sha = to_hex(sha256(bytes));
    Request put{.method = Method::Put,
                .path = "/api/blobs/" + sha,
                .query = "offset=0&total=" + std::to_string(bytes.size()),
                .body = bytes};
    add_session(put);
    EXPECT_EQ(ask(put).status, 200);
    Json photos = Json::array({Json::object({{"sha256", sha}, {"name", "a.jpg"}})});
    Json fields = Json::object({{"photos", photos},
                                {"area", area("A1")},
                                {"category", "leak"},
                                {"consequence", "light"},
                                {"exposure", "daily"},
                                {"place_note", place},
                                {"description", description}});
    Answer made = ask(post("/api/records/hazard", Json::object({{"fields", fields}})));
    EXPECT_EQ(made.status, 201) << made.body;
    return body_of(made)["record"];
  }

  Answer take(const std::string& kind, const std::string& more = {}) {
    Answer answer = ask(get("/api/export/hazard", "kind=" + kind + more));
    if (answer.file) answer.body = answer.file->whole();
    return answer;
  }

  std::vector<store::ActOn> exports() {
    auto view = engine_->database().snapshot().value();
    return store::acts_on(*view, "export", "hazard", "hazard.export").value();
  }
};

TEST_F(ExportTest, ATableLeavesWithoutFormulasAndIsNotedInTheLedger) {
  report("=HYPERLINK(\"http://x\")", "one, \"two\"\nthree");
  log_in("director");
  Answer csv = take("csv", "&lang=zh");
  ASSERT_EQ(csv.status, 200) << csv.body;
  EXPECT_TRUE(
      csv.body.starts_with("\xEF\xBB\xBF"
                           "编号,"));
  EXPECT_NE(csv.body.find("\"'=HYPERLINK(\"\"http://x\"\")\""), std::string::npos) << csv.body;
  EXPECT_NE(csv.body.find("\"one, \"\"two\"\"\nthree\""), std::string::npos);
  EXPECT_NE(csv.body.find("泄漏"), std::string::npos) << "choices as people read them";
  EXPECT_NE(csv.body.find("原料罐区"), std::string::npos) << "references by name";
  EXPECT_NE(csv.body.find("2026-03-02 16:00:00"), std::string::npos) << "times of the plant";
  EXPECT_NE(csv.header("Content-Disposition").find("hazard-2026-03-02.csv"), std::string::npos);
  auto acts = exports();
  ASSERT_EQ(acts.size(), 1U);
  EXPECT_EQ(acts[0].detail["sha256"], Json(to_hex(sha256(csv.body))));
  EXPECT_EQ(acts[0].detail["rows"], Json(1));
  EXPECT_EQ(acts[0].detail["kind"], Json("csv"));
  EXPECT_TRUE(fs::is_empty(folder_.path() + "/exports")) << "nothing stays behind";
}

TEST_F(ExportTest, OnlyWhoMayExportDoesAndARefusalLeavesNoNote) {
  report("here", "it drips");
  log_in("worker111");
  EXPECT_EQ(take("csv").status, 403);
  log_in("leader11");
  EXPECT_EQ(take("zip").status, 403);
  log_in("director");
  EXPECT_EQ(code_of(take("docx")), "bad_field");
  EXPECT_EQ(code_of(ask(get("/api/export/nothing", "kind=csv"))), "not_found");
  EXPECT_TRUE(exports().empty());
}

TEST_F(ExportTest, WhatIsHiddenOrMaskedStaysSoInEveryFormat) {
  report("behind the blue door", "it drips into the yellow bucket");
  log_in("auditor1");
  for (const char* kind : {"csv", "xlsx", "zip", "pdf"}) {
    SCOPED_TRACE(kind);
    Answer answer = take(kind);
    ASSERT_EQ(answer.status, 200) << answer.body;
    std::string all = answer.body;
    bool is_packed = std::string_view(kind) == "xlsx" || std::string_view(kind) == "zip";
    if (is_packed) {
      all.clear();
      Files files = unzipped(answer.body);
      EXPECT_FALSE(files.empty());
      for (const auto& [name, bytes] : files) all += name + bytes;
    }
    if (std::string_view(kind) == "pdf") {
      std::string path = folder_.write("ledger.pdf", answer.body);
      all = said_by("pdftotext -layout " + path + " -");
    }
    EXPECT_EQ(all.find("yellow bucket"), std::string::npos);
    EXPECT_EQ(all.find("blue door"), std::string::npos);
  }
  log_in("director");
  EXPECT_NE(take("csv").body.find("yellow bucket"), std::string::npos);
}

TEST_F(ExportTest, ExcelReadsTheSameRows) {
  report("=1+1", "first");
  report("north", "second");
  log_in("director");
  Answer xlsx = take("xlsx", "&lang=en");
  ASSERT_EQ(xlsx.status, 200) << xlsx.body;
  Files files = unzipped(xlsx.body);
  ASSERT_TRUE(files.contains("xl/worksheets/sheet1.xml"));
  const std::string& sheet = files["xl/worksheets/sheet1.xml"];
  EXPECT_EQ(sheet.find("<f>"), std::string::npos) << "no cell is a formula";
  for (const char* text : {"=1+1", "first", "second", "Category", "Leak"}) {
    EXPECT_NE(sheet.find(text), std::string::npos) << text;
  }
  EXPECT_NE(sheet.find("r=\"A3\""), std::string::npos) << "head and two rows";
  EXPECT_EQ(sheet.find("r=\"A4\""), std::string::npos);
}

TEST_F(ExportTest, AnArchiveHoldsEverythingWithItsHashes) {
  Json first = report("north", "first");
  report("south", "second");
  log_in("director");
  Answer zip = take("zip");
  ASSERT_EQ(zip.status, 200) << zip.body;
  Files files = unzipped(zip.body);
  ASSERT_TRUE(files.contains("manifest.json"));
  Json manifest = parse_json(files["manifest.json"]).value();
  EXPECT_EQ(manifest["records"], Json(2));
  std::size_t photos = 0;
  for (const Json& entry : manifest["files"].as_array()) {
    std::string path = entry.text_or("path", "");
    ASSERT_TRUE(files.contains(path)) << path;
    EXPECT_EQ(entry["sha256"], Json(to_hex(sha256(files[path])))) << path;
    bool is_photo = path.starts_with("photos/") && path.ends_with(".jpg");
    if (!is_photo) continue;
    ++photos;
    EXPECT_EQ(path.substr(7, 64), to_hex(sha256(files[path])));
  }
  EXPECT_EQ(photos, 2U);
  EXPECT_EQ(manifest["files"].as_array().size(), files.size() - 1);
  EXPECT_EQ(parse_json(files["records.json"]).value().as_array().size(), 2U);
  std::string number = first.text_or("number", "");
  Json past = parse_json(files["past/" + number + ".json"]).value();
  EXPECT_FALSE(past["history"].as_array().empty());
  EXPECT_FALSE(past["timeline"].as_array().empty());
  Json proof = parse_json(files["proofs/" + number + ".anlan-proof.json"], 4 << 20).value();
  EXPECT_EQ(proof["format"], Json("anlan.proof/1"));
}

TEST_F(ExportTest, AFilterAndItsBoundHold) {
  Json first = report("north", "first");
  report("south", "second");
  log_in("director");
  Json filter = Json::array({Json("eq"), Json("number"), first["number"]});
  Answer one = take("csv", "&filter=" + encode_percent(write_json(filter)));
  EXPECT_NE(one.body.find("first"), std::string::npos);
  EXPECT_EQ(one.body.find("second"), std::string::npos);
  auto by = engine_->authenticate(session_).value();
  auto many = engine::ExportReader::open(*engine_, by, {.form = "hazard", .rows_max = 1});
  EXPECT_EQ(many.error().code, ErrorCode::LimitReached);
  auto file = ExportFile::create(folder_.path() + "/exports", 10).value();
  EXPECT_TRUE(file->write("0123456789"));
  EXPECT_EQ(file->write("x").error().code, ErrorCode::TooLarge);
}

TEST_F(ExportTest, TheLedgerIsPrinted) {
  Json first = report("north", "法兰渗漏");
  log_in("director");
  Answer pdf = take("pdf", "&lang=zh");
  ASSERT_EQ(pdf.status, 200) << pdf.body;
  std::string path = folder_.write("ledger.pdf", pdf.body);
  std::string text = said_by("pdftotext -layout " + path + " -");
  // A number is broken over the lines of its narrow column.
  for (const char* part : {"隐患治理台账", "共 1 条", "法兰渗漏", "原料罐区", "制表"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  }
  EXPECT_NE(said_by("pdfinfo " + path).find("841.89 x 595.28"), std::string::npos);
}

TEST_F(ExportTest, TheNoticeOfRepairIsPrintedForWhoMayReadTheRecord) {
  Json hazard = report("north", "法兰渗漏");
  std::string url = "/api/records/hazard/" + hazard.text_or("id", "") + "/notice.pdf";
  site_->set_places({.port = 8443, .is_tls = true, .hosts = {"plant.test"}});
  log_in("safety1");
  engine_->database().ledger().sign_head().value();
  Answer pdf = ask(get(url, "lang=zh"));
  ASSERT_EQ(pdf.status, 200) << pdf.body;
  std::string path = folder_.write("notice.pdf", pdf.body);
  std::string text = said_by("pdftotext -layout " + path + " -");
  std::string number = hazard.text_or("number", "");
  for (const std::string& part :
       {std::string("隐患整改通知单"), number, std::string("法兰渗漏"), std::string("原料罐区"),
        std::string("整改期限"), std::string("整改责任人"), std::string("签字"),
        std::string("https://plant.test:8443/desk/#/case/hazard/"), std::string("存证叶序号"),
        std::string("片叶")}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  }
  EXPECT_NE(said_by("pdfimages -list " + path).find("jpeg"), std::string::npos) << "the photo";
  auto view = engine_->database().snapshot().value();
  auto acts = store::acts_on(*view, "hazard", hazard.text_or("id", ""), "hazard.print").value();
  ASSERT_EQ(acts.size(), 1U);
  EXPECT_EQ(acts[0].detail["sha256"], Json(to_hex(sha256(pdf.body))));
  log_in("worker411");
  EXPECT_EQ(ask(get(url)).status, 404) << "another workshop";
}

TEST_F(ExportTest, FiguresAreAskedByHttp) {
  report("north", "first");
  log_in("director");
  Answer answer = ask(get("/api/figures", "from=2026-03-01&to=2026-03-31"));
  ASSERT_EQ(answer.status, 200) << answer.body;
  Json board = body_of(answer);
  EXPECT_EQ(board["from"], Json("2026-03-01"));
  EXPECT_EQ(board["rows"].as_array().size(), 15U);
  EXPECT_EQ(code_of(ask(get("/api/figures", "from=soon"))), "bad_field");
}

TEST(QrDots, AreTheModulesOfTheSvg) {
  auto dots = qr_dots("https://plant.test/desk/#/case/hazard/1").value();
  ASSERT_FALSE(dots.empty());
  std::size_t dark = 0;
  for (const std::string& row : dots) {
    EXPECT_EQ(row.size(), dots.size());
    dark += static_cast<std::size_t>(std::ranges::count(row, '1'));
  }
  std::string svg = qr_svg("https://plant.test/desk/#/case/hazard/1").value();
  std::size_t drawn = 0;
  for (std::size_t at = svg.find("h1v1h-1z"); at != std::string::npos;
       at = svg.find("h1v1h-1z", at + 1)) {
    ++drawn;
  }
  EXPECT_EQ(dark, drawn);
}

TEST(CsvLine, GuardsTextAndLeavesNumbersAlone) {
  auto text = [](std::string value) {
    return PrintCell{.kind = PrintCell::Kind::Text, .text = std::move(value)};
  };
  std::vector<PrintCell> cells{text("+1"),
                               text("-1"),
                               text("@a"),
                               text("\tb"),
                               text("a=b"),
                               {},
                               {.kind = PrintCell::Kind::Number, .text = "-5"}};
  EXPECT_EQ(csv_line(cells), "'+1,'-1,'@a,'\tb,a=b,,-5\r\n");
}

}  // namespace
}  // namespace anlan::api
