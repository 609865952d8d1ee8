#pragma once
// A small TrueType font with only the letters that a document uses, out of a large one. Needed
// because libhpdf 2.3 reads the numbers of a glyph's components as signed: of a font with more than
// 32,767 glyphs, as every Chinese one is, it embeds characters with parts missing. In the subset
// all numbers are small. (OpenType 1.9: cmap format 4, glyf composite glyphs, loca, hmtx.)

#include <set>
#include <string>
#include <string_view>

#include "core/result.h"

namespace anlan::api {

// The code points of UTF-8 text that lie in the basic plane; libhpdf knows no others.
std::set<char16_t> letters_of(std::string_view text);

// `font` is a TrueType file or a collection, whose first font is taken. BadField where it is none.
// Letters that the font lacks become its empty box.
Result<std::string> font_subset(std::string_view font, const std::set<char16_t>& letters);

}  // namespace anlan::api
