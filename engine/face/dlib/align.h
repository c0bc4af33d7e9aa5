// Landmarks of a face, and the chips its template is made from.
#pragma once
#include "picture.h"
#include <memory>
#include <string>

namespace gabarit {

constexpr int landmarks = 5; // points of dlib's shape_predictor_5_face_landmarks

// Rgb is a view of h rows of w pixels of three bytes; it owns nothing.
struct Rgb {
	const uint8_t *pix;
	int w, h;
};

// Point is a position in pixels; whole numbers name the middle of a pixel.
struct Point {
	double x, y;
};

// Aligner finds landmarks and cuts chips upright around them. Safe for concurrent use after it was made.
class Aligner {
public:
	explicit Aligner(const std::string &predictor);
	~Aligner();
	void locate(const Rgb &picture, const Window &face, Point (&out)[landmarks]) const;
	// chip cuts one of many crops of a face: crop 0 is the plain one, the others are moved, scaled and turned a little, every second
	// one is mirrored. The same number always gives the same crop. out holds chipSide x chipSide RGB pixels.
	void chip(const Rgb &picture, const Point (&at)[landmarks], int crop, uint8_t *out) const;

private:
	struct Predictor;
	std::unique_ptr<Predictor> predictor;
};

constexpr int maxCrops = 12;

} // namespace gabarit
