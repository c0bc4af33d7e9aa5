// The only unit that includes dlib's networks: they take a minute and 2 GB to compile.
#include "models.h"
#include <dlib/dnn.h>
#include <sstream>
#include <stdexcept>

namespace {

using namespace dlib;

// The two networks as they were published with dlib (examples/dnn_face_recognition_ex.cpp and dnn_mmod_face_detection_ex.cpp).
template <template <int, template <typename> class, int, typename> class block, int N, template <typename> class BN, typename SUBNET>
using residual = add_prev1<block<N, BN, 1, tag1<SUBNET>>>;
template <template <int, template <typename> class, int, typename> class block, int N, template <typename> class BN, typename SUBNET>
using residual_down = add_prev2<avg_pool<2, 2, 2, 2, skip1<tag2<block<N, BN, 2, tag1<SUBNET>>>>>>;
template <int N, template <typename> class BN, int stride, typename SUBNET>
using block = BN<con<N, 3, 3, 1, 1, relu<BN<con<N, 3, 3, stride, stride, SUBNET>>>>>;
template <int N, typename S> using ares = relu<residual<block, N, affine, S>>;
template <int N, typename S> using ares_down = relu<residual_down<block, N, affine, S>>;
template <typename S> using alevel0 = ares_down<256, S>;
template <typename S> using alevel1 = ares<256, ares<256, ares_down<256, S>>>;
template <typename S> using alevel2 = ares<128, ares<128, ares_down<128, S>>>;
template <typename S> using alevel3 = ares<64, ares<64, ares<64, ares_down<64, S>>>>;
template <typename S> using alevel4 = ares<32, ares<32, ares<32, S>>>;
using template_type = loss_metric<fc_no_bias<128, avg_pool_everything<alevel0<alevel1<alevel2<alevel3<alevel4<
	max_pool<3, 3, 2, 2, relu<affine<con<32, 7, 7, 2, 2, input_rgb_image_sized<150>>>>>>>>>>>>>;

template <long n, typename S> using con5d = con<n, 5, 5, 2, 2, S>;
template <typename S> using downsampler = relu<affine<con5d<32, relu<affine<con5d<32, relu<affine<con5d<16, S>>>>>>>>>;
template <typename S> using rcon5 = relu<affine<con<45, 5, 5, 1, 1, S>>>;
using face_type = loss_mmod<con<1, 9, 9, 1, 1, rcon5<rcon5<rcon5<downsampler<input_rgb_image_pyramid<pyramid_down<6>>>>>>>>;

// part is one convolution as dlib has it, with the scale and shift of the affine layer behind it.
struct part {
	long in = 0, out = 0, kernel = 0, stride = 0;
	std::vector<float> weights, scale, shift;
};

// collector visits the layers from the output to the input.
struct collector {
	std::vector<part> parts; // the last one of the network first
	std::vector<float> full, scale, shift;

	template <typename L> void take(L &) {}
	// dlib shows nobody the numbers of an affine layer: they are read from what it writes of itself.
	void take(affine_ &l) {
		std::stringstream written;
		serialize(l, written);
		std::string version;
		resizable_tensor p;
		deserialize(version, written);
		deserialize(p, written);
		scale.assign(p.host(), p.host() + p.size() / 2);
		shift.assign(p.host() + p.size() / 2, p.host() + p.size());
	}
	template <unsigned long n, fc_bias_mode m> void take(fc_<n, m> &l) {
		const tensor &p = l.get_layer_params();
		full.assign(p.host(), p.host() + p.size());
	}
	template <long n, long r, long c, int sy, int sx, int py, int px> void take(con_<n, r, c, sy, sx, py, px> &l) {
		const tensor &p = l.get_layer_params();
		part q;
		q.out = l.num_filters(), q.kernel = r, q.stride = sy;
		q.in = (long(p.size()) - q.out) / (q.out * r * c);
		if (q.in <= 0 || long(p.size()) != q.out * (q.in * r * c + 1)) throw std::runtime_error("a model with another kind of convolution");
		q.weights.assign(p.host(), p.host() + p.size() - q.out);
		const float *bias = p.host() + p.size() - q.out;
		q.scale = scale, q.shift = shift;
		if (scale.empty()) q.scale.assign(q.out, 1), q.shift.assign(q.out, 0);
		if (long(q.scale.size()) != q.out) throw std::runtime_error("a model with another kind of scaling");
		for (long i = 0; i < q.out; i++) q.shift[i] += bias[i] * q.scale[i];
		scale.clear(), shift.clear();
		parts.push_back(std::move(q));
	}
};

template <typename net_type> collector collect(net_type &net) {
	collector c;
	visit_computational_layers(net, [&c](auto &l) { c.take(l); });
	return c;
}

gabarit::Conv conv(const part &p, int channels) {
	return gabarit::Conv(p.in, p.out, p.kernel, p.stride, channels, p.weights.data(), p.scale.data(), p.shift.data());
}

} // namespace

namespace gabarit {

TemplateNet::TemplateNet(const std::string &path) {
	template_type net;
	deserialize(path) >> net;
	collector c = collect(net);
	constexpr size_t convolutions = 29, templateSize = 128, last = 256;
	if (c.parts.size() != convolutions || c.full.size() != templateSize * last) throw std::runtime_error("another network of templates");
	auto p = c.parts.rbegin();
	stem = conv(*p++, 3);
	for (int channels = stem.out; p != c.parts.rend(); p += 2) {
		const bool down = p[0].stride == 2;
		residuals.push_back({conv(p[0], channels), conv(p[1], p[0].out), down});
		channels = p[1].out;
	}
	full.resize(c.full.size()); // dlib has it as [256][128]
	for (size_t i = 0; i < last; i++)
		for (size_t o = 0; o < templateSize; o++) full[o * last + i] = c.full[i * templateSize + o];
}

FaceNet::FaceNet(const std::string &path) {
	face_type net;
	deserialize(path) >> net;
	collector c = collect(net);
	if (c.parts.size() != 7) throw std::runtime_error("another network of faces");
	int channels = 3;
	for (auto p = c.parts.rbegin(); p + 1 != c.parts.rend(); p++) {
		convs.push_back(conv(*p, channels));
		channels = convs.back().out;
	}
	const part &end = c.parts.front();
	score = Dot(end.in, end.kernel, channels, end.weights.data(), end.shift[0]);
	const mmod_options &o = net.loss_details().get_options();
	if (o.detector_windows.size() != 1 || o.detector_windows[0].width != o.detector_windows[0].height || o.use_bounding_box_regression)
		throw std::runtime_error("another kind of windows");
	window = o.detector_windows[0].width;
	maxOverlap = o.overlaps_nms.get_iou_thresh(), maxCover = o.overlaps_nms.get_percent_covered_thresh();
}

} // namespace gabarit
