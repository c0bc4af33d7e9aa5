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
	std::vector<float> whole[detectors]; // the same, put together: [31][even or odd columns][10 rows][5 columns and 3 zeros]
	float threshold[detectors];
	double maxOverlap, maxCover; // above these two windows of one detector are one face
	HogModel();
};

// Hog finds faces from 80 pixels. One thread uses it at a time; it keeps its memory between pictures.
class Hog {
public:
	explicit Hog(const HogModel &model) : model(model) {}
	// find gives the windows whose score is above the detectors' thresholds by more than adjust. Every fourth window is scored by the
	// filters taken apart; where one comes within near of its threshold, those around it are scored one by one.
	std::vector<Window> find(const Grey &picture, double adjust);

private:
	const HogModel &model;
	Grey levels[2];
	int rows = 0, cols = 0, half = 0; // cells with features, and floats of a padded row of every second one
	std::vector<float> features;      // [31][even or odd columns][rows+9][half]
	std::vector<float> cells, energy, across, magnitude;
	std::vector<float> scores; // of windows at even rows and columns: [(rows+1)/2][half]
	std::vector<int32_t> orientation;

	void describe(const Grey &level);
	void gradients(const Grey &level, int y, int line, int end);
	void vote(int groupRow, int cellCols);
	void normalise(int cellRows, int cellCols);
	void filter(int detector);
	float score(int detector, int y, int x) const;
	void collect(int detector, int level, double adjust, std::vector<Window> &out) const;
};

} // namespace gabarit
