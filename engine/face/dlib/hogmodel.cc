// The filters of dlib's frontal face detector, which dlib carries in its own code.
#include "hog.h"
#include <dlib/image_processing/frontal_face_detector.h>
#include <stdexcept>

namespace gabarit {

HogModel::HogModel() {
	const dlib::frontal_face_detector d = dlib::get_frontal_face_detector();
	if (d.num_detectors() != detectors) throw std::runtime_error("another frontal face detector");
	for (int i = 0; i < detectors; i++) {
		const auto &w = d.get_processed_w(i);
		const auto &bank = w.get_detect_argument();
		threshold[i] = float(w.w(w.w.size() - 1));
		if (bank.row_filters.size() != planes) throw std::runtime_error("another frontal face detector");
		for (int p = 0; p < planes; p++)
			for (size_t j = 0; j < bank.row_filters[p].size(); j++) {
				const auto &row = bank.row_filters[p][j], &col = bank.col_filters[p][j];
				if (row.size() != side || col.size() != side) throw std::runtime_error("another frontal face detector");
				Filter f{p, {}, {}};
				for (int k = 0; k < side; k++) f.row[k] = float(row(k)), f.col[k] = float(col(k));
				filters[i].push_back(f);
			}
	}
	const auto overlap = d.get_overlap_tester();
	maxOverlap = overlap.get_iou_thresh(), maxCover = overlap.get_percent_covered_thresh();
}

} // namespace gabarit
