#include "api/report_paper.h"

#include <hpdf.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "api/font_subset.h"

namespace anlan::api {
namespace {

// Points of 1/72 inch, from the lower left corner. A4 has 595.28 x 841.89.
constexpr float kShortSide = 595.28F;
constexpr float kLongSide = 841.89F;
constexpr float kLeft = 46;
constexpr float kHead = 84;         // mark and title
constexpr float kPhotoWidth = 160;  // three stand side by side
constexpr float kPhotoHeight = 120;
constexpr float kCodeSide = 84;                 // 30 mm: a phone reads it from an arm's length
constexpr float kHeadingRoom = kCodeSide + 46;  // a heading stands alone at the end of no page
constexpr float kBottom = 62;                   // above note and number
constexpr float kNameLeast = 76;                // of a pair; at most this share of its half
constexpr float kNameMost = 0.5F;
constexpr float kTextSize = 9;
constexpr float kSmallSize = 8;
constexpr float kLeading = 1.5F;
constexpr float kPadding = 3.2F;
constexpr Ink kRule{0.82F, 0.84F, 0.87F};
constexpr Ink kShade{0.94F, 0.95F, 0.97F};
constexpr Ink kWhite{1, 1, 1};
constexpr std::size_t kPagesMax = 200;
constexpr std::size_t kLinesMax = 60;  // of one cell or paragraph
constexpr double kBarMost = 1.6;       // a bar ends at 160 % of the budget

// The bytes of the UTF-8 character that begins at `at`.
std::size_t char_bytes(std::string_view text, std::size_t at) {
  std::size_t end = at + 1;
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) ++end;
  return end - at;
}

struct Failure {
  HPDF_STATUS code = 0;
  HPDF_STATUS detail = 0;
};

// Called inside C code: notes the first failure and returns. A jump out of here would pass over
// destructors.
void note_failure(HPDF_STATUS code, HPDF_STATUS detail, void* to) {
  auto& failure = *static_cast<Failure*>(to);
  if (failure.code == 0) failure = {code, detail};
}

struct FreeDocument {
  void operator()(HPDF_Doc document) const { HPDF_Free(document); }
};
using Document = std::unique_ptr<_HPDF_Doc_Rec, FreeDocument>;

// libhpdf loads fonts from files only: this one lies in memory and has a name as long as it is
// open.
class MemoryFile {
 public:
  MemoryFile() : file_(::memfd_create("font", MFD_CLOEXEC)) {}
  ~MemoryFile() {
    if (file_ >= 0) ::close(file_);
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  Result<void> write(std::string_view bytes) {
    while (!bytes.empty()) {
      ssize_t count = file_ < 0 ? -1 : ::write(file_, bytes.data(), bytes.size());
      if (count <= 0) return refuse(ErrorCode::Internal, "no memory for a font");
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return {};
  }
  std::string path() const { return "/proc/self/fd/" + std::to_string(file_); }

 private:
  int file_;
};

Result<std::string> font_bytes(const std::string& path) {
  std::error_code error;
  std::ifstream in(path, std::ios::binary);
  if (!std::filesystem::is_regular_file(path, error) || !in) {
    return refuse(ErrorCode::NotFound,
                  "the font " + path + " is missing: install fonts-wqy-microhei");
  }
  std::ostringstream bytes;
  bytes << in.rdbuf();
  return std::move(bytes).str();
}

class HaruPaper final : public Paper {
 public:
  explicit HaruPaper(Sheet sheet)
      : failure_(std::make_unique<Failure>()),
        page_width_(sheet == Sheet::Portrait ? kShortSide : kLongSide),
        page_height_(sheet == Sheet::Portrait ? kLongSide : kShortSide) {
    document_.reset(HPDF_New(&note_failure, failure_.get()));
  }

  Result<void> open(const std::string& font_file) {
    if (!document_) return refuse(ErrorCode::Internal, "libhpdf gives no document");
    HPDF_SetCompressionMode(document_.get(), HPDF_COMP_ALL);
    HPDF_UseUTFEncodings(document_.get());
    const char* name = HPDF_LoadTTFontFromFile(document_.get(), font_file.c_str(), HPDF_TRUE);
    if (name != nullptr) font_ = HPDF_GetFont(document_.get(), name, "UTF-8");
    if (font_ == nullptr) {
      return refuse(ErrorCode::NotFound, "this font cannot be used" + failed());
    }
    new_page();
    return state();
  }

  void title(std::string_view text) override {
    for (const std::string& line : broken(text, 20, width())) put_line(line, 20, kBlack);
    y_ -= 6;
  }

  void heading(std::string_view text) override {
    need(kHeadingRoom);
    y_ -= 12;
    put_line(std::string(text), 12, kBlue);
    y_ -= 2;
    rule(y_ + 3, kLeft, width(), kRule);
    y_ -= 3;
  }

  void paragraph(std::string_view text, Ink ink) override {
    for (const std::string& line : broken(text, kTextSize, width())) put_line(line, kTextSize, ink);
    y_ -= 3;
  }

  void pairs(std::span<const std::pair<std::string, std::string>> pairs) override {
    const float half = width() / 2;
    float name_width = kNameLeast;
    for (const auto& [name, value] : pairs) {
      name_width = std::max(name_width, width_of(name, kTextSize) + 8);
    }
    name_width = std::min(name_width, half * kNameMost);
    for (std::size_t i = 0; i < pairs.size(); i += 2) {
      std::vector<std::vector<std::string>> names, values;
      std::size_t lines = 1;
      for (std::size_t k = i; k < std::min(i + 2, pairs.size()); ++k) {
        names.push_back(broken(pairs[k].first, kTextSize, name_width - 8));
        values.push_back(broken(pairs[k].second, kTextSize, half - name_width - 8));
        lines = std::max({lines, names.back().size(), values.back().size()});
      }
      float height = static_cast<float>(lines) * kTextSize * kLeading + 3;
      need(height);
      for (std::size_t k = 0; k < values.size(); ++k) {
        float x = kLeft + static_cast<float>(k) * half;
        put_lines(names[k], x, kGrey);
        put_lines(values[k], x + name_width, kBlack);
      }
      y_ -= height;
    }
  }

  void figures(std::span<const Figure> figures) override {
    need(52);
    float each = width() / static_cast<float>(std::max<std::size_t>(figures.size(), 1));
    for (std::size_t i = 0; i < figures.size(); ++i) {
      float x = kLeft + static_cast<float>(i) * each;
      fill(x, y_ - 46, each - 8, 44, kShade);
      put(figures[i].value, x + 8, y_ - 24, 18, figures[i].ink);
      put(figures[i].name, x + 8, y_ - 39, kSmallSize, kGrey);
    }
    y_ -= 54;
  }

  void table(std::span<const PaperColumn> columns, std::span<const PaperRow> rows) override {
    need(50);
    head_of(columns);
    for (const PaperRow& row : rows) {
      float height = height_of(columns, row);
      if (y_ - height < kBottom) {
        new_page();
        head_of(columns);
      }
      draw_row(columns, row, height);
    }
    y_ -= 8;
  }

  std::size_t pages() const override { return pages_.size(); }

  Result<std::string> finish(const PaperFrame& frame, std::string_view subject) override {
    for (std::size_t i = 0; i < pages_.size(); ++i) draw_frame(i, frame);
    HPDF_SetInfoAttr(document_.get(), HPDF_INFO_TITLE, ascii(subject).c_str());
    HPDF_SetInfoAttr(document_.get(), HPDF_INFO_CREATOR, "Anlan");
    HPDF_SaveToStream(document_.get());
    Result<void> so_far = state();
    if (!so_far) return std::unexpected(so_far.error());
    HPDF_UINT32 size = HPDF_GetStreamSize(document_.get());
    std::string bytes(size, '\0');
    HPDF_ResetStream(document_.get());
    HPDF_ReadFromStream(document_.get(), reinterpret_cast<HPDF_BYTE*>(bytes.data()), &size);
    bytes.resize(size);
    if (!bytes.starts_with("%PDF-")) return refuse(ErrorCode::Internal, "libhpdf wrote no PDF");
    return bytes;
  }

  void photos(std::span<const std::string> jpegs) override {
    float x = kLeft;
    bool is_any = false;
    for (const std::string& jpeg : jpegs) {
      HPDF_Image image = image_of(jpeg);
      if (image == nullptr) continue;
      if (!is_any || x + kPhotoWidth > kLeft + width()) {
        if (is_any) y_ -= kPhotoHeight + 8;
        x = kLeft;
        need(kPhotoHeight + 8);
        is_any = true;
      }
      auto wide = static_cast<float>(HPDF_Image_GetWidth(image));
      auto high = static_cast<float>(HPDF_Image_GetHeight(image));
      float scale = std::min(kPhotoWidth / wide, kPhotoHeight / high);
      HPDF_Page_DrawImage(page_, image, x, y_ - high * scale, wide * scale, high * scale);
      x += kPhotoWidth + 8;
    }
    if (is_any) y_ -= kPhotoHeight + 12;
  }

  void code(std::span<const std::string> dots, std::span<const std::string> lines) override {
    need(kCodeSide + 10);
    float side = kCodeSide / static_cast<float>(std::max<std::size_t>(dots.size(), 1));
    for (std::size_t row = 0; row < dots.size(); ++row) {
      for (std::size_t column = 0; column < dots[row].size(); ++column) {
        if (dots[row][column] != '1') continue;
        fill(kLeft + static_cast<float>(column) * side, y_ - static_cast<float>(row + 1) * side,
             side, side, kBlack);
      }
    }
    float y = y_;
    for (const std::string& text : lines) {
      for (const std::string& line : broken(text, kSmallSize, width() - kCodeSide - 14)) {
        put(line, kLeft + kCodeSide + 14, y - kSmallSize, kSmallSize, kGrey);
        y -= kSmallSize * kLeading;
      }
    }
    y_ = std::min(y_ - kCodeSide, y) - 10;
  }

 private:
  float width() const { return page_width_ - 2 * kLeft; }
  float top() const { return page_height_ - kHead; }

  // libhpdf reads the head and embeds the rest: nothing is decoded here. A file that it refuses
  // must not spoil the document.
  HPDF_Image image_of(const std::string& jpeg) {
    if (failure_->code != 0 || !jpeg.starts_with("\xFF\xD8\xFF")) return nullptr;
    HPDF_Image image =
        HPDF_LoadJpegImageFromMem(document_.get(), reinterpret_cast<const HPDF_BYTE*>(jpeg.data()),
                                  static_cast<HPDF_UINT>(jpeg.size()));
    if (failure_->code == 0 && image != nullptr && HPDF_Image_GetWidth(image) > 0 &&
        HPDF_Image_GetHeight(image) > 0) {
      return image;
    }
    *failure_ = {};
    HPDF_ResetError(document_.get());
    return nullptr;
  }

  std::string failed() const {
    if (failure_->code == 0) return {};
    return " (libhpdf " + std::to_string(failure_->code) + "/" + std::to_string(failure_->detail) +
           ")";
  }
  Result<void> state() const {
    if (failure_->code != 0) return refuse(ErrorCode::Internal, "drawing the report" + failed());
    return {};
  }

  // Document information knows Latin letters only; the title in Chinese stands on the page.
  static std::string ascii(std::string_view text) {
    std::string out;
    for (char letter : text) {
      if (letter >= ' ' && letter <= '~') out += letter;
    }
    return out;
  }

  void new_page() {
    if (pages_.size() >= kPagesMax && failure_->code == 0) failure_->code = HPDF_INVALID_PAGE_INDEX;
    y_ = top();
    if (failure_->code != 0) return;
    page_ = HPDF_AddPage(document_.get());
    HPDF_Page_SetWidth(page_, page_width_);
    HPDF_Page_SetHeight(page_, page_height_);
    pages_.push_back(page_);
  }

  void need(float height) {
    if (y_ - height < kBottom) new_page();
  }

  float width_of(std::string_view text, float size) {
    HPDF_TextWidth width =
        HPDF_Font_TextWidth(font_, reinterpret_cast<const HPDF_BYTE*>(text.data()),
                            static_cast<HPDF_UINT>(text.size()));
    return static_cast<float>(width.width) * size / 1000;
  }

  // Lines that fit: Latin words stay whole where they can, Chinese may break anywhere.
  std::vector<std::string> broken(std::string_view text, float size, float width) {
    std::vector<std::string> lines(1);
    std::size_t last_gap = std::string::npos;
    for (std::size_t i = 0; i < text.size() && lines.size() < kLinesMax;) {
      std::size_t bytes = char_bytes(text, i);
      std::string_view letter = text.substr(i, bytes);
      i += bytes;
      if (letter == "\n") {
        lines.emplace_back();
        last_gap = std::string::npos;
        continue;
      }
      lines.back() += letter;
      if (width_of(lines.back(), size) > width && lines.back().size() > bytes) {
        std::size_t at = last_gap == std::string::npos ? lines.back().size() - bytes : last_gap;
        std::string rest = lines.back().substr(at);
        lines.back().resize(at);
        lines.push_back(rest.starts_with(' ') ? rest.substr(1) : rest);
        last_gap = std::string::npos;
      }
      bool is_gap = letter == " " || bytes > 1;
      if (is_gap) last_gap = lines.back().size();
    }
    return lines;
  }

  void ink(Ink color) { HPDF_Page_SetRGBFill(page_, color.red, color.green, color.blue); }

  void put(const std::string& text, float x, float y, float size, Ink color) {
    if (failure_->code != 0 || text.empty()) return;
    HPDF_Page_BeginText(page_);
    HPDF_Page_SetFontAndSize(page_, font_, size);
    ink(color);
    HPDF_Page_TextOut(page_, x, y, text.c_str());
    HPDF_Page_EndText(page_);
  }

  void put_line(const std::string& text, float size, Ink color) {
    need(size * kLeading);
    put(text, kLeft, y_ - size, size, color);
    y_ -= size * kLeading;
  }

  void put_lines(const std::vector<std::string>& lines, float x, Ink color) {
    float y = y_;
    for (const std::string& line : lines) {
      put(line, x, y - kTextSize, kTextSize, color);
      y -= kTextSize * kLeading;
    }
  }

  void fill(float x, float y, float width, float height, Ink color) {
    if (failure_->code != 0) return;
    ink(color);
    HPDF_Page_Rectangle(page_, x, y, width, height);
    HPDF_Page_Fill(page_);
  }

  void rule(float y, float x, float width, Ink color) { fill(x, y, width, 0.6F, color); }

  void head_of(std::span<const PaperColumn> columns) {
    std::size_t lines = 1;
    for (const PaperColumn& column : columns) {
      lines = std::max(lines, broken(column.title, kSmallSize, inner(column)).size());
    }
    float height = static_cast<float>(lines) * kSmallSize * 1.35F + 2 * kPadding;
    fill(kLeft, y_ - height, width(), height, kShade);
    float x = kLeft;
    for (const PaperColumn& column : columns) {
      float y = y_ - kPadding;
      for (const std::string& line : broken(column.title, kSmallSize, inner(column))) {
        put(line, x + kPadding, y - kSmallSize, kSmallSize, kGrey);
        y -= kSmallSize * 1.35F;
      }
      x += width() * static_cast<float>(column.share);
    }
    y_ -= height;
  }

  float inner(const PaperColumn& column) const {
    return width() * static_cast<float>(column.share) - 2 * kPadding;
  }

  float height_of(std::span<const PaperColumn> columns, const PaperRow& row) {
    std::size_t lines = 1;
    for (std::size_t i = 0; i < std::min(columns.size(), row.size()); ++i) {
      lines = std::max(lines, broken(row[i].text, kTextSize, inner(columns[i])).size());
    }
    return static_cast<float>(lines) * kTextSize * 1.35F + 2 * kPadding;
  }

  void draw_row(std::span<const PaperColumn> columns, const PaperRow& row, float height) {
    float x = kLeft;
    for (std::size_t i = 0; i < std::min(columns.size(), row.size()); ++i) {
      if (row[i].bar >= 0) draw_bar(row[i], x + kPadding, inner(columns[i]));
      float y = y_ - kPadding;
      for (const std::string& line : broken(row[i].text, kTextSize, inner(columns[i]))) {
        put(line, x + kPadding, y - kTextSize, kTextSize, row[i].ink);
        y -= kTextSize * 1.35F;
      }
      x += width() * static_cast<float>(columns[i].share);
    }
    y_ -= height;
    rule(y_, kLeft, width(), kRule);
  }

  void draw_bar(const PaperCell& cell, float x, float width) {
    float y = y_ - kPadding - kTextSize;
    float part = static_cast<float>(std::min(cell.bar, kBarMost) / kBarMost);
    fill(x, y, width, 8, kShade);
    fill(x, y, std::max(width * part, 1.0F), 8, cell.ink);
    fill(x + width / static_cast<float>(kBarMost) - 0.6F, y - 2, 1.2F, 12, kBlack);
  }

  void draw_frame(std::size_t index, const PaperFrame& frame) {
    if (failure_->code != 0) return;
    page_ = pages_[index];
    float mark_width = width_of(frame.mark, 18) + 24;
    float y = page_height_ - 58;
    fill(kLeft, y, mark_width, 30, frame.mark_ink);
    put(frame.mark, kLeft + 12, y + 8, 18, kWhite);
    put(frame.title, kLeft + mark_width + 12, y + 11, kTextSize, kGrey);
    rule(page_height_ - 68, kLeft, width(), kRule);
    rule(kBottom - 10, kLeft, width(), kRule);
    const std::string& number = frame.page_of[index];
    float number_width = width_of(number, kSmallSize);
    put(number, kLeft + width() - number_width, kBottom - 23, kSmallSize, kGrey);
    float line_y = kBottom - 23;
    for (const std::string& line : broken(frame.note, kSmallSize, width() - number_width - 30)) {
      put(line, kLeft, line_y, kSmallSize, kGrey);
      line_y -= kSmallSize * 1.35F;
    }
  }

  std::unique_ptr<Failure> failure_;  // outlives document_, which points to it
  Document document_;
  HPDF_Font font_ = nullptr;
  HPDF_Page page_ = nullptr;
  std::vector<HPDF_Page> pages_;
  float page_width_;
  float page_height_;
  float y_ = 0;
};

}  // namespace

Result<std::unique_ptr<Paper>> Paper::make(const std::string& font_file, std::string_view words,
                                           Sheet sheet) {
  std::string font = TRY(font_bytes(font_file));
  std::string small = TRY(font_subset(font, letters_of(words)));
  MemoryFile file;
  TRY(file.write(small));
  auto paper = std::make_unique<HaruPaper>(sheet);
  TRY(paper->open(file.path()));
  return paper;
}

}  // namespace anlan::api
