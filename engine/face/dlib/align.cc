#include "align.h"
#include "templates.h"
#include <cmath>
#include <cstring>
#include <dlib/image_processing.h>
#include <dlib/image_transforms.h>
#include <stdexcept>

// A view of pixels as an image that dlib's algorithms read.
namespace gabarit {
struct View {
	const uint8_t *pix;
	long w, h;
};
inline long num_rows(const View &v) { return v.h; }
inline long num_columns(const View &v) { return v.w; }
inline const void *image_data(const View &v) { return v.pix; }
inline long width_step(const View &v) { return v.w * 3; }
} // namespace gabarit
namespace dlib {
template <> struct image_traits<gabarit::View> { typedef rgb_pixel pixel_type; };
template <> struct image_traits<const gabarit::View> { typedef rgb_pixel pixel_type; };
} // namespace dlib

namespace gabarit {

namespace {

constexpr double padding = 0.25; // of dlib's chips

// move is how a crop differs from the plain chip: shares of its side, a factor of its size, radians.
struct move {
	double x, y, scale, turn;
};

// The moves are within what the network was trained on (dlib's own jitter goes up to 2 %, 7 % and 3 degrees here and there).
constexpr move moves[maxCrops / 2] = {
	{0, 0, 1, 0}, {0.015, 0.01, 1.03, 0.04}, {-0.015, -0.01, 1.03, -0.04}, {0.01, -0.015, 0.97, -0.02}, {-0.01, 0.015, 0.97, 0.02}, {0, 0, 1.06, 0},
};

} // namespace

struct Aligner::Predictor {
	dlib::shape_predictor points;
};

Aligner::Aligner(const std::string &path) : predictor(new Predictor) {
	dlib::deserialize(path) >> predictor->points;
	if (predictor->points.num_parts() != landmarks) throw std::runtime_error("the shape predictor does not give 5 points");
}

Aligner::~Aligner() = default;

void Aligner::locate(const Rgb &picture, const Window &face, Point (&out)[landmarks]) const {
	const auto whole = [](double v) { return long(std::lround(v)); };
	const dlib::rectangle box(whole(face.left), whole(face.top), whole(face.right) - 1, whole(face.bottom) - 1);
	const dlib::full_object_detection d = predictor->points(View{picture.pix, picture.w, picture.h}, box);
	for (int i = 0; i < landmarks; i++) out[i] = {double(d.part(i).x()), double(d.part(i).y())};
}

void Aligner::chip(const Rgb &picture, const Point (&at)[landmarks], int crop, uint8_t *out) const {
	std::vector<dlib::point> parts;
	for (const Point &p : at) parts.emplace_back(long(p.x), long(p.y));
	dlib::chip_details details = dlib::get_face_chip_details(dlib::full_object_detection(dlib::rectangle(), parts), chipSide, padding);
	const move &m = moves[crop / 2];
	const dlib::dpoint centre = dlib::dcenter(details.rect);
	const double side = details.rect.width();
	details.rect = dlib::centered_drect(centre + dlib::dpoint(m.x, m.y) * side, details.rect.width() * m.scale, details.rect.height() * m.scale);
	details.angle += m.turn;
	dlib::matrix<dlib::rgb_pixel> chip;
	dlib::extract_image_chip(View{picture.pix, picture.w, picture.h}, details, chip);
	if (crop % 2) chip = dlib::fliplr(chip);
	std::memcpy(out, &chip(0, 0), size_t(chipSide) * chipSide * 3);
}

} // namespace gabarit
