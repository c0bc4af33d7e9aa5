// dlib's convolutional face detector (King, "Max-Margin Object Detection", 2015) on a pyramid, level by level.
#pragma once
#include "models.h"
#include "picture.h"
#include <cstdint>

namespace gabarit {

// Mmod finds faces from 80 pixels, also those turned aside or partly covered, for many times the cost of Hog. One thread uses it at
// a time; it keeps its memory between pictures: some 80 bytes for each pixel of the largest one.
class Mmod {
public:
	explicit Mmod(const FaceNet &net) : net(net) {}
	// find gives the windows whose score is above the network's threshold by more than adjust. rgb is h rows of w pixels. A face of
	// 80 pixels is found on the first level, one a fifth larger on the next.
	std::vector<Window> find(const uint8_t *rgb, int w, int h, int levelsAtMost, double adjust);

private:
	const FaceNet &net;
	Map input, maps[2];
	std::vector<float> scores;
	std::vector<uint8_t> levels[2];

	void level(const uint8_t *rgb, int w, int h, double scaleX, double scaleY, double adjust, std::vector<Window> &out);
};

} // namespace gabarit
