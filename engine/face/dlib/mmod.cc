#include "mmod.h"

namespace gabarit {

namespace {

// Three convolutions of 5x5 at every second pixel without padding: an output at x looks at pixels around 8x+14.
constexpr int step = 8, first = 14;
// shortest is the side of the last level of the pyramid, at least: below it the network has hardly an output.
constexpr int shortest = 61;

} // namespace

void Mmod::level(const uint8_t *rgb, int w, int h, double scaleX, double scaleY, double adjust, std::vector<Window> &out) {
	constexpr float mean[3] = {meanRed, meanGreen, meanBlue};
	input.reshape(h, w, 3, 0);
	float *p = input.at(0, 0);
	const size_t pixels = size_t(w) * h;
	for (size_t i = 0; i < pixels; i++)
		for (int c = 0; c < 3; c++) p[3 * i + c] = (rgb[3 * i + c] - mean[c]) * (1.0f / 256);
	Map *now = &input, *next = &maps[0];
	for (size_t i = 0; i < net.convs.size(); i++) {
		const int pad = i + 1 < net.convs.size() ? net.convs[i + 1].padding : net.score.kernel / 2;
		net.convs[i].run(*now, *next, pad, nullptr);
		now = next;
		next = now == &maps[0] ? &maps[1] : &maps[0];
	}
	net.score.run(*now, scores);
	const double half = net.window / 2.0;
	for (int y = 0; y < now->h; y++)
		for (int x = 0; x < now->w; x++) {
			const float s = scores[size_t(y) * now->w + x];
			if (s <= adjust) continue;
			const double cx = x * step + first + 0.5, cy = y * step + first + 0.5;
			out.push_back({(cx - half) * scaleX, (cy - half) * scaleY, (cx + half) * scaleX, (cy + half) * scaleY, s});
		}
}

std::vector<Window> Mmod::find(const uint8_t *rgb, int w, int h, int levelsAtMost, double adjust) {
	std::vector<Window> all;
	const int fullW = w, fullH = h;
	for (int i = 0; i < levelsAtMost && w >= shortest && h >= shortest; i++) {
		level(rgb, w, h, double(fullW) / w, double(fullH) / h, adjust, all);
		const int sw = int(5.0 * w / 6 + 0.5), sh = int(5.0 * h / 6 + 0.5);
		std::vector<uint8_t> &smaller = levels[i % 2];
		smaller.resize(size_t(sw) * sh * 3);
		scaleLinear(rgb, w, h, smaller.data(), sw, sh, 3);
		rgb = smaller.data(), w = sw, h = sh;
	}
	keepBest(all, net.maxOverlap, net.maxCover);
	return all;
}

} // namespace gabarit
