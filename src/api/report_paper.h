#pragma once
// A4 pages with headings, paragraphs and tables, drawn by libhpdf (docs/decisions/0018). Only this
// file and report_paper.cpp know libhpdf. What was drawn into a document that failed is nothing;
// finish() tells.

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace anlan::api {

struct Ink {
  float red = 0;
  float green = 0;
  float blue = 0;
};
inline constexpr Ink kBlack{0.1F, 0.11F, 0.13F};
inline constexpr Ink kGrey{0.4F, 0.43F, 0.47F};
inline constexpr Ink kRed{0.76F, 0.11F, 0.11F};
inline constexpr Ink kGreen{0.1F, 0.48F, 0.27F};
inline constexpr Ink kBlue{0.09F, 0.35F, 0.66F};

struct PaperCell {
  std::string text{};
  Ink ink = kBlack;
  double bar = -1;  // took / budget: a bar instead of text, 1 reaches the line
};
struct PaperColumn {
  std::string title;
  double share;  // of the width of the page; all together 1
};
using PaperRow = std::vector<PaperCell>;

// What stands on every page.
struct PaperFrame {
  std::string mark;  // large, at the top
  Ink mark_ink;
  std::string title;                 // beside the mark
  std::string note;                  // at the bottom, left
  std::vector<std::string> page_of;  // at the bottom, right: one for each page, made by `number`
};

enum class Sheet { Portrait, Landscape };

class Paper {
 public:
  // `words` holds every letter that will be drawn. NotFound where there is no font.
  static Result<std::unique_ptr<Paper>> make(const std::string& font_file, std::string_view words,
                                             Sheet sheet = Sheet::Portrait);
  virtual ~Paper() = default;
  virtual void title(std::string_view text) = 0;
  virtual void heading(std::string_view text) = 0;
  virtual void paragraph(std::string_view text, Ink ink = kBlack) = 0;
  // Pairs of name and value, two pairs a line.
  virtual void pairs(std::span<const std::pair<std::string, std::string>> pairs) = 0;
  // Large figures with their names below.
  struct Figure {
    std::string value;
    std::string name;
    Ink ink = kBlack;
  };
  virtual void figures(std::span<const Figure> figures) = 0;
  // The head is repeated on each page; a row is never broken.
  virtual void table(std::span<const PaperColumn> columns, std::span<const PaperRow> rows) = 0;
  // JPEG files side by side, as they are; what is none is left out.
  virtual void photos(std::span<const std::string> jpegs) = 0;
  // A square of dots ("0110...", one text for each row) with lines of text beside it.
  virtual void code(std::span<const std::string> dots, std::span<const std::string> lines) = 0;
  virtual std::size_t pages() const = 0;
  // Internal where libhpdf failed anywhere on the way. Ends the paper.
  virtual Result<std::string> finish(const PaperFrame& frame, std::string_view subject) = 0;
};

}  // namespace anlan::api
