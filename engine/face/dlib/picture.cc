#include "picture.h"
#include <algorithm>
#include <cmath>

namespace gabarit {

namespace {

// step is where a target pixel lies between two source pixels: weight of the second in 1/256.
struct step {
	int at;
	int weight;
};

// taps is how a target pixel is made of four source pixels.
struct taps {
	int at[4];
	float weight[4];
};

// cubics places size target pixels, scale of them to a source pixel, over source pixels first to last-1 of which edge exist.
std::vector<taps> cubics(int first, int size, double scale, int edge) {
	const auto weigh = [](double x) {
		x = std::fabs(x);
		return x < 1 ? (1.25 * x - 2.25) * x * x + 1 : x < 2 ? ((-0.75 * x + 3.75) * x - 6) * x + 3 : 0;
	};
	std::vector<taps> all(size);
	for (int i = 0; i < size; i++) {
		const double x = first + (i + 0.5) / scale - 0.5;
		const int base = int(std::floor(x)) - 1;
		for (int k = 0; k < 4; k++) {
			all[i].at[k] = std::min(std::max(base + k, 0), edge - 1);
			all[i].weight[k] = float(weigh(x - (base + k)));
		}
	}
	return all;
}

std::vector<step> steps(int from, int to) {
	std::vector<step> s(to);
	const double ratio = to > 1 ? double(from - 1) / (to - 1) : 0;
	for (int i = 0; i < to; i++) {
		const double x = i * ratio;
		const int at = std::min(int(x), std::max(0, from - 2));
		s[i] = {at, int(std::lround((x - at) * 256))};
	}
	if (from == 1)
		for (step &t : s) t.weight = 0;
	return s;
}

template <int channels> void across(const uint16_t *row, int sw, const std::vector<step> &xs, uint8_t *dst) {
	const int next = sw > 1 ? channels : 0;
	for (size_t x = 0; x < xs.size(); x++) {
		const uint16_t *p = row + xs[x].at * channels;
		for (int c = 0; c < channels; c++) {
			const uint32_t v = p[c] * uint32_t(256 - xs[x].weight) + p[c + next] * uint32_t(xs[x].weight);
			*dst++ = uint8_t((v + 32768) >> 16);
		}
	}
}

} // namespace

void scaleLinear(const uint8_t *src, int sw, int sh, uint8_t *dst, int w, int h, int channels) {
	const std::vector<step> xs = steps(sw, w), ys = steps(sh, h);
	const size_t line = size_t(sw) * channels;
	std::vector<uint16_t> mixed(line);
	for (int y = 0; y < h; y++, dst += size_t(w) * channels) {
		const uint8_t *a = src + ys[y].at * line, *b = sh > 1 ? a + line : a;
		const uint16_t wb = uint16_t(ys[y].weight), wa = uint16_t(256 - wb);
		uint16_t *m = mixed.data();
		for (size_t i = 0; i < line; i++) m[i] = uint16_t(a[i] * wa + b[i] * wb);
		if (channels == 1) across<1>(m, sw, xs, dst);
		else across<3>(m, sw, xs, dst);
	}
}

void enlarge(const uint8_t *rgb, int w, int h, int left, int top, int right, int bottom, double scale, Patch &out) {
	out.x = left, out.y = top, out.scale = scale;
	out.w = std::max(1, int((right - left) * scale)), out.h = std::max(1, int((bottom - top) * scale));
	out.pix.resize(size_t(out.w) * out.h * 3);
	const std::vector<taps> xs = cubics(left, out.w, scale, w), ys = cubics(top, out.h, scale, h);
	const size_t line = size_t(out.w) * 3;
	const int firstRow = std::max(0, top - 2), lastRow = std::min(h, bottom + 2);
	std::vector<float> rows(size_t(lastRow - firstRow) * line);
	for (int y = firstRow; y < lastRow; y++) {
		const uint8_t *src = rgb + size_t(y) * w * 3;
		float *dst = rows.data() + size_t(y - firstRow) * line;
		for (const taps &t : xs)
			for (int c = 0; c < 3; c++)
				*dst++ = t.weight[0] * src[3 * t.at[0] + c] + t.weight[1] * src[3 * t.at[1] + c] + t.weight[2] * src[3 * t.at[2] + c] + t.weight[3] * src[3 * t.at[3] + c];
	}
	uint8_t *dst = out.pix.data();
	for (const taps &t : ys) {
		const float *r[4];
		for (int k = 0; k < 4; k++) r[k] = rows.data() + size_t(std::min(std::max(t.at[k], firstRow), lastRow - 1) - firstRow) * line;
		const float w0 = t.weight[0], w1 = t.weight[1], w2 = t.weight[2], w3 = t.weight[3];
		for (size_t i = 0; i < line; i++) {
			const float v = w0 * r[0][i] + w1 * r[1][i] + w2 * r[2][i] + w3 * r[3][i] + 0.5f;
			*dst++ = uint8_t(v < 0 ? 0 : v > 255 ? 255 : v);
		}
	}
}

void keepBest(std::vector<Window> &all, double overlap, double cover) {
	std::stable_sort(all.begin(), all.end(), [](const Window &a, const Window &b) { return a.score > b.score; });
	const auto area = [](const Window &w) { return (w.right - w.left) * (w.bottom - w.top); };
	std::vector<Window> kept;
	for (const Window &w : all) {
		const bool hidden = std::any_of(kept.begin(), kept.end(), [&](const Window &k) {
			const double x = std::min(k.right, w.right) - std::max(k.left, w.left), y = std::min(k.bottom, w.bottom) - std::max(k.top, w.top);
			if (x <= 0 || y <= 0) return false;
			const double both = x * y, a = area(k), b = area(w);
			return both / (a + b - both) > overlap || both / a > cover || both / b > cover;
		});
		if (!hidden) kept.push_back(w);
	}
	all.swap(kept);
}

} // namespace gabarit
