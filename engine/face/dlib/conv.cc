#include "conv.h"
#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace gabarit {

namespace {

// Eight floats at a time, by the compiler's own vectors: AVX2 on x86-64-v3, pairs of NEON registers on arm64.
typedef float v8 __attribute__((vector_size(32), aligned(4), may_alias));

constexpr int lane = 8, block = 2 * lane; // outputs computed together
constexpr int tile = 6;                   // pixels computed together: 12 sums fill the 16 registers

inline v8 load(const float *p) { return *reinterpret_cast<const v8 *>(p); }
inline void store(float *p, v8 v) { *reinterpret_cast<v8 *>(p) = v; }
inline v8 positive(v8 v) { return v > 0 ? v : v8{}; }

// shape is what the inner loops need to know.
struct shape {
	int rows;           // of the kernel
	int span;           // floats of one row of the kernel
	ptrdiff_t stride;   // floats from a row of the input to the next
};

// sums convolves n pixels, whose top left corners of the input are at p, into block outputs.
template <int n> inline void sums(const float *const *p, const shape &s, const float *w, v8 (&acc)[tile][2]) {
	for (int r = 0; r < s.rows; r++) {
		const float *q[n];
		for (int i = 0; i < n; i++) q[i] = p[i] + r * s.stride;
		for (int k = 0; k < s.span; k++, w += block) {
			const v8 w0 = load(w), w1 = load(w + lane);
			for (int i = 0; i < n; i++) {
				acc[i][0] += w0 * q[i][k];
				acc[i][1] += w1 * q[i][k];
			}
		}
	}
}

// target is where a pixel's block of outputs goes, and what is added to it (or null).
struct target {
	float *out;
	const float *add;
};

template <int n> void pixels(const float *const *p, const shape &s, const float *w, const float *bias, const target *to) {
	v8 acc[tile][2];
	const v8 b0 = load(bias), b1 = load(bias + lane);
	for (int i = 0; i < n; i++) acc[i][0] = b0, acc[i][1] = b1;
	sums<n>(p, s, w, acc);
	for (int i = 0; i < n; i++) {
		if (to[i].add) acc[i][0] += load(to[i].add), acc[i][1] += load(to[i].add + lane);
		store(to[i].out, positive(acc[i][0]));
		store(to[i].out + lane, positive(acc[i][1]));
	}
}

using kernelFunc = void (*)(const float *const *, const shape &, const float *, const float *, const target *);
constexpr kernelFunc kernels[tile] = {pixels<1>, pixels<2>, pixels<3>, pixels<4>, pixels<5>, pixels<6>};

// addBeyond fills what of dst lies beyond the h x w pixels of a convolution: there add stands alone.
void addBeyond(const Map &add, Map &dst, int h, int w) {
	for (int y = 0; y < dst.h; y++)
		for (int x = y < h ? w : 0; x < dst.w; x++) {
			const float *from = add.at(y, x);
			float *to = dst.at(y, x);
			for (int c = 0; c < dst.c; c++) to[c] = c < add.c ? std::max(from[c], 0.0f) : 0;
		}
}

} // namespace

void Map::reshape(int height, int width, int channels, int frame) {
	const size_t size = size_t(height + 2 * frame) * (width + 2 * frame) * channels;
	if (height <= 0 || width <= 0) throw std::runtime_error("a map without pixels");
	if (h == height && w == width && c == channels && pad == frame) return; // its frame is zero still
	h = height, w = width, c = channels, pad = frame;
	if (frame) data.assign(size, 0);
	else data.resize(size);
}

Conv::Conv(int in, int out, int kernel, int stride, int channels, const float *weights, const float *scale, const float *shift)
	: in(in), out((out + block - 1) / block * block), kernel(kernel), stride(stride), padding(stride == 1 ? kernel / 2 : 0), channels(channels) {
	if (in > channels) throw std::runtime_error("a convolution of more channels than its input has");
	const int span = kernel * channels;
	packed.assign(size_t(this->out) * kernel * span, 0);
	bias.assign(this->out, 0);
	for (int o = 0; o < out; o++) {
		bias[o] = shift[o];
		float *block0 = packed.data() + size_t(o / block) * kernel * span * block + o % block;
		for (int i = 0; i < in; i++)
			for (int y = 0; y < kernel; y++)
				for (int x = 0; x < kernel; x++)
					block0[(size_t(y) * span + x * channels + i) * block] = weights[((size_t(o) * in + i) * kernel + y) * kernel + x] * scale[o];
	}
}

void Conv::run(const Map &src, Map &dst, int pad, const Map *add) const {
	if (src.c != channels || src.pad < padding) throw std::runtime_error("a convolution of another shape");
	const int h = (src.h + 2 * padding - kernel) / stride + 1, w = (src.w + 2 * padding - kernel) / stride + 1;
	if (add && (add->h < h || add->w < w || add->c > out)) throw std::runtime_error("an addition of another shape");
	dst.reshape(add ? add->h : h, add ? add->w : w, out, pad);
	const shape s{kernel, kernel * channels, src.rowStride()};
	const size_t weights = size_t(block) * s.rows * s.span;
	const float *from[tile];
	target to[tile];
	for (int o = 0; o < out; o += block) {
		const float *packedBlock = packed.data() + o / block * weights;
		const bool adds = add && o < add->c;
		for (int i = 0, n = 0, all = h * w; i < all; i++) {
			const int y = i / w, x = i % w;
			from[n] = src.at(y * stride - padding, x * stride - padding);
			to[n++] = {dst.at(y, x) + o, adds ? add->at(y, x) + o : nullptr};
			if (n == tile || i == all - 1) {
				kernels[n - 1](from, s, packedBlock, bias.data() + o, to);
				n = 0;
			}
		}
	}
	if (add) addBeyond(*add, dst, h, w);
}

Dot::Dot(int in, int kernel, int channels, const float *weights, float bias) : kernel(kernel), bias(bias), channels(channels) {
	packed.assign(size_t(kernel) * kernel * channels, 0);
	for (int i = 0; i < in; i++)
		for (int y = 0; y < kernel; y++)
			for (int x = 0; x < kernel; x++)
				packed[(size_t(y) * kernel + x) * channels + i] = weights[(size_t(i) * kernel + y) * kernel + x];
}

void Dot::run(const Map &src, std::vector<float> &dst) const {
	if (src.c != channels || src.pad != kernel / 2 || channels % lane) throw std::runtime_error("a convolution of another shape");
	dst.resize(size_t(src.h) * src.w);
	const int span = kernel * channels;
	for (int y = 0; y < src.h; y++)
		for (int x = 0; x < src.w; x++) {
			v8 acc[4] = {};
			for (int r = 0; r < kernel; r++) {
				const float *p = src.at(y + r - src.pad, x - src.pad), *w = packed.data() + size_t(r) * span;
				for (int k = 0, j = 0; k < span; k += lane, j = (j + 1) % 4) acc[j] += load(p + k) * load(w + k);
			}
			const v8 all = (acc[0] + acc[1]) + (acc[2] + acc[3]);
			float sum = bias;
			for (int j = 0; j < lane; j++) sum += all[j];
			dst[size_t(y) * src.w + x] = sum;
		}
}

void maxPool3(const Map &src, Map &dst, int pad) {
	dst.reshape((src.h - 3) / 2 + 1, (src.w - 3) / 2 + 1, src.c, pad);
	for (int y = 0; y < dst.h; y++)
		for (int x = 0; x < dst.w; x++)
			for (int c = 0; c < src.c; c++) {
				float most = *(src.at(2 * y, 2 * x) + c);
				for (int i = 1; i < 9; i++) most = std::max(most, *(src.at(2 * y + i / 3, 2 * x + i % 3) + c));
				*(dst.at(y, x) + c) = most;
			}
}

void avgPool2(const Map &src, Map &dst, int pad) {
	dst.reshape((src.h - 2) / 2 + 1, (src.w - 2) / 2 + 1, src.c, pad);
	for (int y = 0; y < dst.h; y++)
		for (int x = 0; x < dst.w; x++)
			for (int c = 0; c < src.c; c++)
				*(dst.at(y, x) + c) = (*(src.at(2 * y, 2 * x) + c) + *(src.at(2 * y, 2 * x + 1) + c) + *(src.at(2 * y + 1, 2 * x) + c) + *(src.at(2 * y + 1, 2 * x + 1) + c)) / 4;
}

} // namespace gabarit
