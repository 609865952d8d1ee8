#pragma once
// What one photo shows by itself: its size, a thumbnail, how good it is, its fingerprint.

#include "vision/eye/picture.h"
#include "vision/eye/scene.h"
#include "vision/print.h"
#include "vision/vision.h"

namespace anlan::vision::eye {

PhotoSeen look(const Picture& picture);
Print make_print(const Scene& scene);

}  // namespace anlan::vision::eye
