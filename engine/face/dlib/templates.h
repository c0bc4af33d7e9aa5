// The forward pass of the network that turns face chips into templates.
#pragma once
#include "models.h"
#include <cstdint>

namespace gabarit {

constexpr int chipSide = 150, templateSize = 128;

// TemplateMaker keeps the maps of one forward pass between chips. One thread uses it at a time.
class TemplateMaker {
public:
	explicit TemplateMaker(const TemplateNet &net) : net(net) {}
	// make turns chipSide x chipSide RGB pixels into templateSize numbers.
	void make(const uint8_t *rgb, float *out);

private:
	const TemplateNet &net;
	Map input, stem, between, shrunk, maps[2];
};

} // namespace gabarit
