// cgo passes no such options: without them the compiler leaves roots and comparisons one at a time.
#pragma GCC optimize("no-math-errno", "no-trapping-math")
#include "hog.h"
#include <algorithm>
#include <cmath>
#include <cstring>

namespace gabarit {

namespace {

constexpr int cell = 8;                          // pixels
constexpr int bins = 18, binsKept = 24;          // orientations, and floats kept for them
constexpr int frame = HogModel::side - 1;        // cells added to the features, so that a window may lie partly outside
constexpr int before = frame / 2;                // of these before the first one
constexpr int smallest = 64;                     // side of the last level of the pyramid, at least

typedef float v8 __attribute__((vector_size(32), aligned(4), may_alias));
typedef float v4 __attribute__((vector_size(16), aligned(16), may_alias));
inline v8 load(const float *p) { return *reinterpret_cast<const v8 *>(p); }
inline void store(float *p, v8 v) { *reinterpret_cast<v8 *>(p) = v; }

// share holds how a pixel of an 8x8 group votes for the four cells around it: left and right above, left and right below.
struct share {
	v4 of[cell][cell];
	constexpr share() : of() {
		for (int y = 0; y < cell; y++)
			for (int x = 0; x < cell; x++) {
				const float fy = (y + 0.5f) / cell, fx = (x + 0.5f) / cell;
				of[y][x] = v4{(1 - fy) * (1 - fx), (1 - fy) * fx, fy * (1 - fx), fy * fx};
			}
	}
};

} // namespace

// gradients fills one line of the buffers for row y: the length of each pixel's gradient and which of 18 directions it has.
// Pixels from end on have none.
void Hog::gradients(const Grey &level, int y, int line, int end) {
	const uint8_t *above = level.row(y - 1), *here = level.row(y), *below = level.row(y + 1);
	float *m = magnitude.data() + size_t(line) * width * cell + cell / 2;
	uint8_t *o = orientation.data() + size_t(line) * width * cell + cell / 2;
	// Borders between directions of 20 degrees: tangents of 10, 30, 50 and 70 degrees.
	constexpr float t1 = 0.17632698f, t2 = 0.57735027f, t3 = 1.19175359f, t4 = 2.74747742f;
	for (int x = 1; x < end; x++) {
		const float dx = float(int(here[x + 1]) - int(here[x - 1])), dy = float(int(below[x]) - int(above[x]));
		m[x] = std::sqrt(dx * dx + dy * dy);
		const float ax = std::fabs(dx), ay = std::fabs(dy);
		const int q = int(ay > t1 * ax) + int(ay > t2 * ax) + int(ay > t3 * ax) + int(ay > t4 * ax);
		// q counts from the x axis: mirrored at the y axis where dx is negative, turned by half a circle where dy is.
		const int up = dy < 0, left = (dx < 0) | ((dx == 0) & up); // straight up counts to the left, as with dlib
		const int plain = left ? 9 - q : q, turned = left ? 9 + q : 18 - q;
		int bin = up ? turned : plain;
		bin = bin == 18 ? 0 : bin;
		o[x] = uint8_t(bin);
	}
}

// vote adds the buffered lines to the histograms of the cells above and below them.
void Hog::vote(int groupRow, int cellCols) {
	static constexpr share shares;
	const int line = width * cell;
	float *top = cells.data() + size_t(groupRow) * (cellCols + 2) * binsKept, *bottom = top + size_t(cellCols + 2) * binsKept;
	for (int g = 0; g <= cellCols; g++) {
		v4 sums[2][bins] = {}; // two sets, so that neighbours in one direction do not wait for each other
		for (int y = 0; y < cell / 2; y++) {
			const float *m0 = magnitude.data() + size_t(y) * line + g * cell, *m1 = m0 + size_t(cell / 2) * line;
			const uint8_t *o0 = orientation.data() + size_t(y) * line + g * cell, *o1 = o0 + size_t(cell / 2) * line;
			for (int x = 0; x < cell; x++) {
				sums[0][o0[x]] += shares.of[y][x] * m0[x];
				sums[1][o1[x]] += shares.of[y + cell / 2][x] * m1[x];
			}
		}
		float *at[4] = {top + g * binsKept, top + (g + 1) * binsKept, bottom + g * binsKept, bottom + (g + 1) * binsKept};
		for (int b = 0; b < bins; b++) {
			const v4 s = sums[0][b] + sums[1][b];
			for (int k = 0; k < 4; k++) at[k][b] += s[k];
		}
	}
}

// describe computes the features of one level.
void Hog::describe(const Grey &level) {
	const int cellRows = int(float(level.h) / cell + 0.5f), cellCols = int(float(level.w) / cell + 0.5f);
	rows = std::max(cellRows - 2, 0), cols = std::max(cellCols - 2, 0);
	if (rows == 0 || cols == 0) return;
	width = (cols + frame + 7) / 8 * 8 + 8;
	features.assign(size_t(HogModel::planes) * (rows + frame) * width, 0);
	cells.assign(size_t(cellRows + 2) * (cellCols + 2) * binsKept, 0);
	magnitude.resize(size_t(cell) * cell * width);
	orientation.assign(size_t(cell) * cell * width, 0);
	const int endY = std::min(cellRows * cell, level.h) - 1, endX = std::min(cellCols * cell, level.w) - 1;
	for (int g = 0; g <= cellRows; g++) {
		std::fill(magnitude.begin(), magnitude.end(), 0.0f);
		for (int i = 0; i < cell; i++) {
			const int y = g * cell - cell / 2 + i;
			if (y >= 1 && y < endY) gradients(level, y, i, endX);
		}
		vote(g, cellCols);
	}
	normalise(cellRows, cellCols);
}

// normalise turns histograms into features: each cell's is divided by the energy of the four blocks it lies in.
void Hog::normalise(int cellRows, int cellCols) {
	constexpr float epsilon = 0.0001f, texture = 2 * 0.2357f;
	const int line = cellCols + 2;
	energy.assign(size_t(cellRows) * cellCols, 0);
	for (int y = 0; y < cellRows; y++)
		for (int x = 0; x < cellCols; x++) {
			const float *h = cells.data() + (size_t(y + 1) * line + x + 1) * binsKept;
			float sum = 0;
			for (int b = 0; b < 9; b++) sum += (h[b] + h[b + 9]) * (h[b] + h[b + 9]);
			energy[size_t(y) * cellCols + x] = sum;
		}
	const size_t plane = size_t(rows + frame) * width;
	for (int y = 0; y < rows; y++)
		for (int x = 0; x < cols; x++) {
			const float *h = cells.data() + (size_t(y + 2) * line + x + 2) * binsKept;
			const float *e = energy.data() + size_t(y) * cellCols + x, *e1 = e + cellCols, *e2 = e1 + cellCols;
			// Blocks at the lower right, upper right, lower left and upper left: dlib's order.
			const float sums[4] = {e2[2] + e1[2] + e2[1] + e1[1], e1[2] + e[2] + e1[1] + e[1], e2[1] + e1[1] + e2[0] + e1[0], e1[1] + e[1] + e1[0] + e[0]};
			float both[16] = {}; // without the sign of the direction
			for (int b = 0; b < 9; b++) both[b] = h[b] + h[b + 9];
			v8 signedSum[3] = {}, plainSum[2] = {};
			float *out = features.data() + size_t(y + before) * width + x + before;
			for (int k = 0; k < 4; k++) {
				const float most = 0.2f * std::sqrt(sums[k] + epsilon), factor = 0.1f / most;
				const v8 cut = v8{} + most;
				v8 t = {};
				for (int i = 0; i < 3; i++) {
					v8 v = load(h + 8 * i);
					v = (v < cut ? v : cut) * factor;
					signedSum[i] += v, t += v;
				}
				for (int i = 0; i < 2; i++) {
					v8 v = load(both + 8 * i);
					plainSum[i] += (v < cut ? v : cut) * factor;
				}
				out[(27 + k) * plane] = texture * (((t[0] + t[1]) + (t[2] + t[3])) + ((t[4] + t[5]) + (t[6] + t[7])));
			}
			for (int b = 0; b < 18; b++) out[b * plane] = signedSum[b / 8][b % 8];
			for (int b = 0; b < 9; b++) out[(18 + b) * plane] = plainSum[b / 8][b % 8];
		}
}

// filter computes one detector's score for every window: scores[y][x] is that of the window whose first cell is y, x.
void Hog::filter(int detector) {
	constexpr int side = HogModel::side;
	const size_t plane = size_t(rows + frame) * width;
	scores.assign(size_t(rows) * width, 0);
	across.resize(plane);
	for (const HogModel::Filter &f : model.filters[detector]) {
		const float *in = features.data() + f.plane * plane;
		v8 c[side];
		for (int i = 0; i < side; i++) c[i] = v8{} + f.row[i];
		for (int y = 0; y < rows + frame; y++)
			for (int x = 0; x < cols; x += 8) {
				const float *p = in + size_t(y) * width + x;
				v8 a = load(p) * c[0], b = load(p + 1) * c[1];
				for (int i = 2; i < side; i += 2) a += load(p + i) * c[i], b += load(p + i + 1) * c[i + 1];
				store(across.data() + size_t(y) * width + x, a + b);
			}
		for (int i = 0; i < side; i++) c[i] = v8{} + f.col[i];
		for (int y = 0; y < rows; y++)
			for (int x = 0; x < cols; x += 8) {
				const float *p = across.data() + size_t(y) * width + x;
				float *s = scores.data() + size_t(y) * width + x;
				v8 a = load(s), b = load(p) * c[0];
				for (int i = 1; i < side - 1; i += 2) a += load(p + i * width) * c[i], b += load(p + (i + 1) * width) * c[i + 1];
				a += load(p + (side - 1) * width) * c[side - 1];
				store(s, a + b);
			}
	}
}

// collect lists the windows of a level whose score suffices, in pixels of the picture.
void Hog::collect(int detector, int level, double adjust, std::vector<Window> &out) const {
	constexpr double ratio = 6.0 / 5, shift = 0.3; // of dlib's pyramid: a pixel of the level below lies here
	const float least = float(model.threshold[detector] + adjust);
	for (int y = 0; y < rows; y++)
		for (int x = 0; x < cols; x++) {
			const float s = scores[size_t(y) * width + x];
			if (s < least) continue;
			const auto edge = [](int at) { // dlib's place of a cell's middle, which it rounds away from 0
				const int v = (at + 1 - before) * cell + 1;
				return double(v + (v < 0 ? -cell / 2 : cell / 2));
			};
			double p[4] = {edge(x), edge(y), edge(x + frame), edge(y + frame)};
			for (int l = 0; l < level; l++)
				for (double &v : p) v = v * ratio + shift;
			out.push_back({p[0], p[1], p[2] + 1, p[3] + 1, s - model.threshold[detector]});
		}
}

std::vector<Window> Hog::find(const Grey &picture, double adjust) {
	std::vector<Window> byDetector[HogModel::detectors], all;
	const Grey *now = &picture;
	for (int level = 0;; level++) {
		describe(*now);
		if (rows > 0 && cols > 0)
			for (int d = 0; d < HogModel::detectors; d++) {
				filter(d);
				collect(d, level, adjust, byDetector[d]);
			}
		const int w = int(5.0 * now->w / 6 + 0.5), h = int(5.0 * now->h / 6 + 0.5);
		if (w < smallest || h < smallest) break;
		Grey &next = levels[level % 2];
		next.reshape(w, h);
		scaleLinear(now->pix.data(), now->w, now->h, next.pix.data(), w, h, 1);
		now = &next;
	}
	for (auto &windows : byDetector) all.insert(all.end(), windows.begin(), windows.end());
	keepBest(all, model.maxOverlap, model.maxCover);
	return all;
}

} // namespace gabarit
