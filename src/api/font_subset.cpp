#include "api/font_subset.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace anlan::api {
namespace {

constexpr std::size_t kLettersMax = 8000;  // the length of cmap format 4 has 16 bits
constexpr std::size_t kGlyphsMax = 30'000;
constexpr std::size_t kPartsMax = 64;  // of one glyph

// Big-endian numbers at places; what lies outside is 0 and is remembered.
class Bytes {
 public:
  explicit Bytes(std::string_view bytes) : bytes_(bytes) {}
  uint16_t u16(std::size_t at) const { return static_cast<uint16_t>(number(at, 2)); }
  uint32_t u32(std::size_t at) const { return number(at, 4); }
  std::string_view part(std::size_t at, std::size_t size) const {
    if (at > bytes_.size() || size > bytes_.size() - at) {
      is_outside_ = true;
      return {};
    }
    return bytes_.substr(at, size);
  }
  bool is_outside() const { return is_outside_; }

 private:
  uint32_t number(std::size_t at, std::size_t size) const {
    uint32_t value = 0;
    for (char byte : part(at, size)) value = value << 8 | static_cast<uint8_t>(byte);
    return value;
  }
  std::string_view bytes_;
  mutable bool is_outside_ = false;
};

void add16(std::string& to, std::size_t value) {
  to += static_cast<char>(value >> 8 & 255);
  to += static_cast<char>(value & 255);
}
void add32(std::string& to, std::size_t value) {
  add16(to, value >> 16 & 0xffff);
  add16(to, value & 0xffff);
}
void set16(std::string& in, std::size_t at, std::size_t value) {
  if (at + 2 > in.size()) return;
  in[at] = static_cast<char>(value >> 8 & 255);
  in[at + 1] = static_cast<char>(value & 255);
}

class Subset {
 public:
  explicit Subset(std::string_view font) : font_(font) {}

  Result<std::string> made(const std::set<char16_t>& letters) {
    if (!read_tables()) return refuse(ErrorCode::BadField, "this is no TrueType font");
    choose(letters);
    std::map<std::string, std::string> out;
    for (const char* name : {"OS/2", "cvt ", "fpgm", "head", "hhea", "maxp", "name", "prep"}) {
      if (tables_.contains(name)) out[name] = std::string(table(name));
    }
    out["post"] = std::string("\0\3\0\0", 4) + std::string(28, '\0');
    out["cmap"] = cmap();
    put_glyphs(out);
    out["hmtx"] = hmtx();
    set16(out["head"], 50, 1);  // loca with 32 bits
    set16(out["hhea"], 34, glyphs_.size());
    set16(out["maxp"], 4, glyphs_.size());
    if (font_.is_outside()) return refuse(ErrorCode::BadField, "the font file is cut off");
    return file(out);
  }

 private:
  struct Place {
    std::size_t at = 0;
    std::size_t size = 0;
  };

  bool read_tables() {
    std::size_t start = font_.part(0, 4) == "ttcf" ? font_.u32(12) : 0;
    std::size_t count = std::min<std::size_t>(font_.u16(start + 4), 64);
    for (std::size_t i = 0; i < count; ++i) {
      std::size_t at = start + 12 + i * 16;
      tables_[std::string(font_.part(at, 4))] = {font_.u32(at + 8), font_.u32(at + 12)};
    }
    for (const char* name :
         {"OS/2", "cmap", "glyf", "head", "hhea", "hmtx", "loca", "maxp", "name"}) {
      if (!tables_.contains(name)) return false;
    }
    read_cmap();
    has_long_places_ = font_.u16(tables_["head"].at + 50) != 0;
    glyph_count_ = font_.u16(tables_["maxp"].at + 4);
    metric_count_ = font_.u16(tables_["hhea"].at + 34);
    return cmap_at_ != 0 && glyph_count_ > 0 && metric_count_ > 0 && !font_.is_outside();
  }

  void read_cmap() {
    std::size_t at = tables_["cmap"].at;
    std::size_t count = std::min<std::size_t>(font_.u16(at + 2), 64);
    for (std::size_t i = 0; i < count; ++i) {
      std::size_t entry = at + 4 + i * 8;
      std::size_t place = at + font_.u32(entry + 4);
      bool is_windows_unicode = font_.u16(entry) == 3 && font_.u16(entry + 2) == 1;
      if (is_windows_unicode && font_.u16(place) == 4) cmap_at_ = place;
    }
  }

  std::string_view table(const std::string& name) const {
    const Place& place = tables_.at(name);
    return font_.part(place.at, place.size);
  }

  // cmap format 4: the first segment that ends at the letter or behind it.
  uint16_t glyph_of(char16_t letter) const {
    std::size_t doubled = font_.u16(cmap_at_ + 6);
    std::size_t ends = cmap_at_ + 14;
    for (std::size_t i = 0; i < doubled; i += 2) {
      if (font_.u16(ends + i) < letter) continue;
      std::size_t starts = ends + doubled + 2;
      uint16_t start = font_.u16(starts + i);
      if (start > letter) return 0;
      uint16_t delta = font_.u16(starts + doubled + i);
      std::size_t offset_at = starts + 2 * doubled + i;
      uint16_t offset = font_.u16(offset_at);
      if (offset == 0) return static_cast<uint16_t>(letter + delta);
      uint16_t glyph = font_.u16(offset_at + offset + 2 * static_cast<std::size_t>(letter - start));
      return glyph == 0 ? uint16_t{0} : static_cast<uint16_t>(glyph + delta);
    }
    return 0;
  }

  std::string_view outline(uint16_t glyph) const {
    if (glyph >= glyph_count_) return {};
    std::size_t loca = tables_.at("loca").at;
    std::size_t from = 0;
    std::size_t to = 0;
    if (has_long_places_) {
      from = font_.u32(loca + 4 * std::size_t{glyph});
      to = font_.u32(loca + 4 * std::size_t{glyph} + 4);
    } else {
      from = 2 * std::size_t{font_.u16(loca + 2 * std::size_t{glyph})};
      to = 2 * std::size_t{font_.u16(loca + 2 * std::size_t{glyph} + 2)};
    }
    if (to <= from) return {};
    return font_.part(tables_.at("glyf").at + from, to - from);
  }

  // Where in a composite outline the numbers of its components stand; none in a simple one.
  static std::vector<std::size_t> parts_of(std::string_view outline) {
    Bytes bytes(outline);
    std::vector<std::size_t> places;
    if (outline.size() < 10 || bytes.u16(0) < 0x8000) return places;
    std::size_t at = 10;
    while (places.size() < kPartsMax) {
      uint16_t flags = bytes.u16(at);
      places.push_back(at + 2);
      at += 4 + ((flags & 0x1) != 0 ? 4 : 2);
      if ((flags & 0x8) != 0) at += 2;
      else if ((flags & 0x40) != 0) at += 4;
      else if ((flags & 0x80) != 0) at += 8;
      if ((flags & 0x20) == 0 || bytes.is_outside()) break;
    }
    if (bytes.is_outside()) places.clear();
    return places;
  }

  std::size_t number_for(uint16_t glyph) {
    auto [place, is_new] = numbers_.try_emplace(glyph, glyphs_.size());
    if (is_new) glyphs_.push_back(glyph);
    return place->second;
  }

  void choose(const std::set<char16_t>& letters) {
    number_for(0);
    for (char16_t letter : letters) {
      if (letters_.size() == kLettersMax) break;
      uint16_t glyph = letter == 0xffff ? uint16_t{0} : glyph_of(letter);
      if (glyph != 0) letters_[letter] = number_for(glyph);
    }
    // Grows while components of components come in.
    for (std::size_t i = 0; i < glyphs_.size() && glyphs_.size() < kGlyphsMax; ++i) {
      Bytes bytes(outline(glyphs_[i]));
      for (std::size_t place : parts_of(outline(glyphs_[i]))) number_for(bytes.u16(place));
    }
  }

  std::string cmap() const {
    std::string ends;
    std::string starts;
    std::string deltas;
    for (const auto& [letter, number] : letters_) {
      add16(ends, letter);
      add16(starts, letter);
      add16(deltas, number + 0x10000 - letter);
    }
    add16(ends, 0xffff);
    add16(starts, 0xffff);
    add16(deltas, 1);
    std::size_t segments = letters_.size() + 1;
    std::string out("\0\0\0\1\0\3\0\1\0\0\0\14", 12);  // version 0, one table: Windows, Unicode
    add16(out, 4);
    add16(out, 16 + 8 * segments);
    add16(out, 0);
    add16(out, 2 * segments);
    std::size_t power = 1;
    std::size_t log = 0;
    for (; power * 2 <= segments; power *= 2) ++log;
    add16(out, 2 * power);
    add16(out, log);
    add16(out, 2 * (segments - power));
    return out + ends + std::string(2, '\0') + starts + deltas + std::string(2 * segments, '\0');
  }

  void put_glyphs(std::map<std::string, std::string>& out) const {
    std::string glyf;
    std::string loca;
    for (uint16_t glyph : glyphs_) {
      add32(loca, glyf.size());
      std::string copy(outline(glyph));
      Bytes bytes(outline(glyph));
      for (std::size_t place : parts_of(outline(glyph))) {
        auto number = numbers_.find(bytes.u16(place));
        set16(copy, place, number == numbers_.end() ? 0 : number->second);
      }
      glyf += copy;
      glyf.append((4 - glyf.size() % 4) % 4, '\0');
    }
    add32(loca, glyf.size());
    out["glyf"] = std::move(glyf);
    out["loca"] = std::move(loca);
  }

  std::string hmtx() const {
    std::string out;
    std::size_t at = tables_.at("hmtx").at;
    for (uint16_t glyph : glyphs_) {
      std::size_t row = std::min<std::size_t>(glyph, metric_count_ - 1u);
      std::size_t bearing = glyph < metric_count_
                                ? at + 4 * std::size_t{glyph} + 2
                                : at + 4 * std::size_t{metric_count_} + 2 * (glyph - metric_count_);
      add16(out, font_.u16(at + 4 * row));
      add16(out, font_.u16(bearing));
    }
    return out;
  }

  static std::string file(const std::map<std::string, std::string>& tables) {
    std::string head("\0\1\0\0", 4);
    std::size_t power = 1;
    std::size_t log = 0;
    for (; power * 2 <= tables.size(); power *= 2) ++log;
    add16(head, tables.size());
    add16(head, 16 * power);
    add16(head, log);
    add16(head, 16 * (tables.size() - power));
    std::size_t start = 12 + 16 * tables.size();
    std::string body;
    for (const auto& [name, bytes] : tables) {
      std::string padded = bytes + std::string((4 - bytes.size() % 4) % 4, '\0');
      uint32_t sum = 0;
      Bytes numbers(padded);
      for (std::size_t i = 0; i < padded.size(); i += 4) sum += numbers.u32(i);
      head += name;
      add32(head, sum);
      add32(head, start + body.size());
      add32(head, bytes.size());
      body += padded;
    }
    return head + body;
  }

  Bytes font_;
  std::map<std::string, Place> tables_;
  std::size_t cmap_at_ = 0;
  bool has_long_places_ = false;
  uint16_t glyph_count_ = 0;
  uint16_t metric_count_ = 0;
  std::vector<uint16_t> glyphs_;  // old numbers in new order
  std::map<uint16_t, std::size_t> numbers_;
  std::map<char16_t, std::size_t> letters_;
};

}  // namespace

std::set<char16_t> letters_of(std::string_view text) {
  std::set<char16_t> out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto first = static_cast<uint8_t>(text[i]);
    std::size_t more = first < 0x80 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
    if (i + more >= text.size() && more > 0) break;
    uint32_t letter = more == 0 ? first : first & (0x3fu >> more);
    for (std::size_t k = 0; k < more; ++k) {
      letter = letter << 6 | (static_cast<uint8_t>(text[++i]) & 0x3fu);
    }
    if (letter < 0xffff) out.insert(static_cast<char16_t>(letter));
  }
  return out;
}

Result<std::string> font_subset(std::string_view font, const std::set<char16_t>& letters) {
  return Subset(font).made(letters);
}

}  // namespace anlan::api
