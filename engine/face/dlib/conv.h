// Convolutions for the two networks. Their maps lie in memory pixel by pixel, channels last, and carry a frame of
// zeros, so that no inner loop asks where the edge is.
#pragma once
#include <cstddef>
#include <vector>

namespace gabarit {

// Map is h x w pixels of c float32 channels, framed by pad pixels of zeros. reshape keeps the memory.
class Map {
public:
	int h = 0, w = 0, c = 0, pad = 0;

	void reshape(int height, int width, int channels, int frame);
	float *at(int y, int x) { return data.data() + offset(y, x); }
	const float *at(int y, int x) const { return data.data() + offset(y, x); }
	// rowStride is the number of floats from a pixel to the one below it.
	ptrdiff_t rowStride() const { return ptrdiff_t(w + 2 * pad) * c; }

private:
	std::vector<float> data;
	ptrdiff_t offset(int y, int x) const { return ((y + pad) * ptrdiff_t(w + 2 * pad) + x + pad) * c; }
};

// Conv is a convolution with bias, and what follows it: an addition, and negative values cut off.
class Conv {
public:
	int in = 0, out = 0, kernel = 0, stride = 1; // out as computed: a multiple of 16, the rest are zeros
	int padding = 0;                             // as dlib has it: half the kernel, none where the stride is not 1

	// Conv packs weights given as [out][in][kernel][kernel], each output's scaled by scale and moved by bias.
	// channels is what the input map has: at least in, the rest of it is ignored.
	Conv(int in, int out, int kernel, int stride, int channels, const float *weights, const float *scale, const float *bias);
	Conv() = default;

	// run convolves src, whose frame is at least the padding; the result goes to dst with a frame of pad. add, if not null, is
	// added before negative values are cut off. As with dlib it may have fewer channels, and more pixels at the right and at the
	// bottom: what is missing of the other counts as zero, and dst gets the larger size.
	void run(const Map &src, Map &dst, int pad, const Map *add) const;

private:
	std::vector<float> packed, bias; // packed: [out/16][kernel][kernel*channels][16]
	int channels = 0;
};

// Dot is a convolution of stride 1 with one output, without anything after it.
class Dot {
public:
	int kernel = 0;
	Dot(int in, int kernel, int channels, const float *weights, float bias);
	Dot() = default;
	void run(const Map &src, std::vector<float> &dst) const; // dst: src.h rows of src.w; src's frame is kernel/2

private:
	std::vector<float> packed; // [kernel][kernel*channels]
	float bias = 0;
	int channels = 0;
};

// maxPool3 takes the largest of 3x3 pixels at every second one; avgPool2 the mean of 2x2. No padding.
void maxPool3(const Map &src, Map &dst, int pad);
void avgPool2(const Map &src, Map &dst, int pad);

} // namespace gabarit
