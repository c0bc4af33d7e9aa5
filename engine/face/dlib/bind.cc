#include "dlib.h"
#include "align.h"
#include "hog.h"
#include "mmod.h"
#include "templates.h"
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#ifdef __GLIBC__
#include <malloc.h>
#endif

using namespace gabarit;

namespace {

// engine is everything that one worker needs. Members are made in order: models before what works with them.
struct engine {
	HogModel hogModel;
	Hog hog{hogModel};
	Aligner aligner;
	TemplateNet templateNet;
	TemplateMaker maker{templateNet};
	FaceNet faceNet;
	Mmod mmod{faceNet};
	Grey grey;
	Patch patch;
	std::vector<uint8_t> chip = std::vector<uint8_t>(size_t(chipSide) * chipSide * 3);

	engine(const char *predictor, const char *templates, const char *faces) : aligner(predictor), templateNet(templates), faceNet(faces) {}
};

// enlargement is how much a small face is enlarged before landmarks are looked for.
constexpr double enlargement = 2;

void describe(engine &e, const Rgb &picture, const gb_window &face, int crops, gb_face &out);

// warm makes a first template of nothing. Cutting a chip takes OpenBLAS's one buffer: without the room for it OpenBLAS tries for
// ever, so it takes it now, and keeps it.
void warm(engine &e) {
	constexpr int side = 100;
	const std::vector<uint8_t> grey(side * side * 3, 128);
	gb_face none;
	describe(e, Rgb{grey.data(), side, side}, {20, 20, 80, 80, 0}, 1, none);
}

// guarded runs f and turns what it throws into a text.
template <typename F> int guarded(char **err, F f) {
	try {
		return f();
	} catch (const std::exception &e) {
		*err = strdup(e.what());
	} catch (...) {
		*err = strdup("unknown exception");
	}
	return -1;
}

int give(const std::vector<Window> &all, gb_window **out) {
	*out = static_cast<gb_window *>(malloc(sizeof(gb_window) * (all.size() + 1)));
	if (!*out) throw std::bad_alloc();
	for (size_t i = 0; i < all.size(); i++) (*out)[i] = {all[i].left, all[i].top, all[i].right, all[i].bottom, all[i].score};
	return int(all.size());
}

// describe makes one template. A small face is enlarged first, with what lies around it: dlib tells landmarks in whole pixels, and cuts
// chips linearly.
void describe(engine &e, const Rgb &picture, const gb_window &face, int crops, gb_face &out) {
	constexpr double small = 160, margin = 0.75; // pixels; what is taken around the face, in shares of its side
	const double side = std::max(face.right - face.left, face.bottom - face.top);
	Rgb from = picture;
	Window box{face.left, face.top, face.right, face.bottom, 0};
	double scale = 1, x = 0, y = 0;
	if (side < small) {
		const auto within = [](double v, int most) { return int(std::min(double(most), std::max(0.0, v))); };
		const int left = within(face.left - margin * side, picture.w - 1), top = within(face.top - margin * side, picture.h - 1);
		const int right = std::max(left + 1, within(face.right + margin * side + 1, picture.w)), bottom = std::max(top + 1, within(face.bottom + margin * side + 1, picture.h));
		scale = std::min(enlargement, 2 * small / std::max(side, 1.0));
		enlarge(picture.pix, picture.w, picture.h, left, top, right, bottom, scale, e.patch);
		from = Rgb{e.patch.pix.data(), e.patch.w, e.patch.h};
		x = left, y = top;
		box = {(face.left - x) * scale, (face.top - y) * scale, (face.right - x) * scale, (face.bottom - y) * scale, 0};
	}
	Point at[landmarks];
	e.aligner.locate(from, box, at);
	for (int k = 0; k < landmarks; k++) {
		out.landmarks[2 * k] = x + (at[k].x + 0.5) / scale;
		out.landmarks[2 * k + 1] = y + (at[k].y + 0.5) / scale;
	}
	float sum[templateSize] = {}, one[templateSize];
	for (int c = 0; c < crops; c++) {
		e.aligner.chip(from, at, c, e.chip.data());
		e.maker.make(e.chip.data(), one);
		for (int k = 0; k < templateSize; k++) sum[k] += one[k];
	}
	for (int k = 0; k < templateSize; k++) out.template_[k] = sum[k] / crops;
}

} // namespace

void *gb_open(const char *predictor, const char *templates, const char *faces, char **err) {
	engine *e = nullptr;
#ifdef __GLIBC__
	mallopt(M_ARENA_MAX, 1); // each further one takes 64 MB of a limited address space
#endif
	guarded(err, [&] {
		std::unique_ptr<engine> made(new engine(predictor, templates, faces));
		warm(*made);
		e = made.release();
		return 0;
	});
	return e;
}

void gb_close(void *p) { delete static_cast<engine *>(p); }

int gb_hog(void *p, const uint8_t *grey, int w, int h, double adjust, gb_window **out, char **err) {
	return guarded(err, [&] {
		engine *e = static_cast<engine *>(p);
		e->grey.reshape(w, h);
		std::memcpy(e->grey.pix.data(), grey, size_t(w) * h);
		return give(e->hog.find(e->grey, adjust), out);
	});
}

int gb_mmod(void *p, const uint8_t *rgb, int w, int h, int levels, double adjust, gb_window **out, char **err) {
	return guarded(err, [&] {
		engine *e = static_cast<engine *>(p);
		return give(e->mmod.find(rgb, w, h, levels, adjust), out);
	});
}

int gb_describe(void *p, const uint8_t *rgb, int w, int h, const gb_window *faces, int n, int crops, gb_face *out, char **err) {
	return guarded(err, [&] {
		engine *e = static_cast<engine *>(p);
		for (int i = 0; i < n; i++) describe(*e, Rgb{rgb, w, h}, faces[i], crops, out[i]);
		return 0;
	});
}

int gb_max_crops(void) { return maxCrops; }

int gb_scale(const uint8_t *src, int sw, int sh, uint8_t *dst, int w, int h, int channels, char **err) {
	return guarded(err, [&] {
		scaleLinear(src, sw, sh, dst, w, h, channels);
		return 0;
	});
}

int gb_rgb(const uint8_t *y, const uint8_t *cb, const uint8_t *cr, int w, int h, int cw, int ch, uint8_t *rgb, char **err) {
	return guarded(err, [&] {
		std::vector<int> column(w);
		for (int x = 0; x < w; x++) column[x] = int(int64_t(x) * cw / w);
		const auto byte = [](int v) { return uint8_t(std::min(255, std::max(0, v >> 16))); };
		for (int r = 0; r < h; r++) {
			const size_t line = size_t(int64_t(r) * ch / h) * cw;
			for (int x = 0; x < w; x++, rgb += 3) {
				// JFIF's conversion, in 16 bits after the point.
				const int l = (int(y[size_t(r) * w + x]) << 16) + 32768, b = int(cb[line + column[x]]) - 128, d = int(cr[line + column[x]]) - 128;
				rgb[0] = byte(l + 91881 * d);
				rgb[1] = byte(l - 22554 * b - 46802 * d);
				rgb[2] = byte(l + 116130 * b);
			}
		}
		return 0;
	});
}
