// dlib's frontal face detector: histograms of oriented gradients (Felzenszwalb et al., "Object Detection with Discriminatively
// Trained Part-Based Models", 2010) under five filters, on a pyramid. The filters are dlib's; what they are run on is
// computed here on grey pixels, many at a time, because dlib's own code is most of a photo's cost.
#pragma once
#include "picture.h"
#include <string>

namespace gabarit {

// HogModel holds the filters: each is 10x10 cells over one of 31 planes, taken apart into products of a column and a row.
struct HogModel {
	static constexpr int side = 10, planes = 31, detectors = 5;
	struct Filter {
		int plane;
		float row[side], col[side];
	};
	std::vector<Filter> filters[detectors];
	float threshold[detectors];
	double maxOverlap, maxCover; // above these two windows of one detector are one face
	HogModel();
};

// Hog finds faces from 80 pixels. One thread uses it at a time; it keeps its memory between pictures.
class Hog {
public:
	explicit Hog(const HogModel &model) : model(model) {}
	// find gives the windows whose score is above the detectors' thresholds by more than adjust; those of different
	// detectors may overlap.
	std::vector<Window> find(const Grey &picture, double adjust);

private:
	const HogModel &model;
	Grey levels[2];
	int rows = 0, cols = 0, width = 0; // cells with features, and floats of a padded row of them
	std::vector<float> features;       // [31][rows+9][width]
	std::vector<float> cells, energy, across, scores, magnitude;
	std::vector<uint8_t> orientation;

	void describe(const Grey &level);
	void gradients(const Grey &level, int y, int line, int end);
	void vote(int groupRow, int cellCols);
	void normalise(int cellRows, int cellCols);
	void filter(int detector);
	void collect(int detector, int level, double adjust, std::vector<Window> &out) const;
};

} // namespace gabarit
