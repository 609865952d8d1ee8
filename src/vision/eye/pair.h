#pragma once
// The answer to "are before and after one place, and what changed".

#include <optional>

#include "vision/eye/exposure.h"
#include "vision/vision.h"

namespace anlan::vision::eye {

PairSeen compare(const cv::Mat& before, const cv::Mat& after, std::optional<Box> box);

// The logistic of how well a registration is founded; see docs/formats/vision.md for the fit.
double same_scene_score(const Registration& found);

}  // namespace anlan::vision::eye
