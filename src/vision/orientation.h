#pragma once
// Which way up a photo is to be shown: the Exif orientation in a JPEG, PNG or WebP file. Foreign
// bytes: every offset is checked, and whatever cannot be read says 1, upright.

#include <string_view>

namespace anlan::vision {

// Exif 2.32, 4.6.4 A: 1 to 8.
int read_orientation(std::string_view photo);

}  // namespace anlan::vision
