#include "templates.h"

namespace gabarit {

void TemplateMaker::make(const uint8_t *rgb, float *out) {
	constexpr float mean[3] = {meanRed, meanGreen, meanBlue};
	input.reshape(chipSide, chipSide, 3, 0);
	float *p = input.at(0, 0);
	for (int i = 0; i < chipSide * chipSide * 3; i++) p[i] = (rgb[i] - mean[i % 3]) * (1.0f / 256);
	net.stem.run(input, stem, 0, nullptr);
	Map *now = &maps[0], *next = &maps[1];
	maxPool3(stem, *now, 1);
	for (const Residual &r : net.residuals) {
		if (r.down) avgPool2(*now, shrunk, 0);
		r.first.run(*now, between, 1, nullptr);
		r.second.run(between, *next, 1, r.down ? &shrunk : now);
		std::swap(now, next);
	}
	std::vector<float> pooled(now->c, 0);
	for (int y = 0; y < now->h; y++)
		for (int x = 0; x < now->w; x++)
			for (int c = 0; c < now->c; c++) pooled[c] += *(now->at(y, x) + c);
	for (int o = 0; o < templateSize; o++) {
		float sum = 0;
		for (int c = 0; c < now->c; c++) sum += net.full[size_t(o) * now->c + c] * pooled[c];
		out[o] = sum / float(now->h * now->w);
	}
}

} // namespace gabarit
