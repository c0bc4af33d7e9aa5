// Pixels as the detectors want them.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace gabarit {

// Grey is a picture of one byte a pixel, rows one after the other.
struct Grey {
	int w = 0, h = 0;
	std::vector<uint8_t> pix;
	const uint8_t *row(int y) const { return pix.data() + size_t(y) * w; }
	uint8_t *row(int y) { return pix.data() + size_t(y) * w; }
	void reshape(int width, int height) { w = width, h = height, pix.resize(size_t(width) * height); }
};

// scaleLinear scales src linearly to w x h, as dlib's pyramid does: corner to corner, without smoothing. What is scaled to less
// than half of its size by it loses pixels. channels is 1 for grey, 3 for colours.
void scaleLinear(const uint8_t *src, int sw, int sh, uint8_t *dst, int w, int h, int channels);

// Patch is a part of an RGB picture, enlarged: its pixel 0,0 begins at x, y of the picture.
struct Patch {
	int x = 0, y = 0, w = 0, h = 0;
	double scale = 1;
	std::vector<uint8_t> pix;
};

// enlarge cuts the part left, top, right, bottom (edges, within the picture) and enlarges it by scale with the cubic convolution of R. G. Keys
// (1981), a = -3/4: sharper than linear, which costs templates of small faces some of what tells them apart.
void enlarge(const uint8_t *rgb, int w, int h, int left, int top, int right, int bottom, double scale, Patch &out);

// Window is a square or box in which a face was found, in pixels of the searched picture (edges inclusive on the left and top).
struct Window {
	double left, top, right, bottom;
	double score; // above 0: how far above the detector's own threshold
};

// keepBest drops windows that overlap a better one by more than overlap (intersection over union), or of which more than
// cover lies in the other one.
void keepBest(std::vector<Window> &all, double overlap, double cover);

} // namespace gabarit
