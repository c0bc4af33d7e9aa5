package calibration

// Measured is what a calibration rests on. Shares rise strictly with the distance.
type Measured struct {
	Source  string // what was measured, for help texts and exports
	Pooled  []Rate // of pairs of different people, all together
	Typical []Rate // of a typical probe's distances to other people: at each share the mean of the distances, over probes
	// Pairs of one person, every person counting the same: the median of a probe's distances to other photos of its person, the deviation
	// of that median between people, and the shares of pairs at most so much farther than it.
	Median       float64
	MedianSpread float64
	Pairs        []Rate
}

// pairs gives the share of pairs of one person that are at most so much farther than the median.
func (m *Measured) pairs(farther float64) float64 {
	if farther < m.Pairs[0].Distance {
		return 0
	}
	return interpolate(m.Pairs, farther)
}

// lfw is what was measured on 11,411 templates (dlib ResNet v1) of 5,000 people, Labeled Faces in the Wild.
//
// Pooled: all 64,862,472 pairs of different people were compared. Below 0.36 hardly a pair was left that is not one person under two
// names (25 pairs, most of them spellings of one name), so the table starts there; these errors make its first rates too high rather
// than too low.
//
// Typical and Pairs: people whose names have the same words, or with templates nearer than 0.33 (names in two spellings, and pairs at
// 0.08 to 0.15 that can only be photos under a wrong name), count as one. Below 0.42 the typical curve is continued, as straight in its logarithm as it is from 0.42 to 0.48.
func lfw() Measured {
	return Measured{
		Source: "64,862,472 pairs of different people among 11,411 photos of 5,000 people (Labeled Faces in the Wild), dlib ResNet v1",
		Pooled: []Rate{
			{0.36, 3.854e-07}, {0.38, 8.634e-07}, {0.40, 2.359e-06}, {0.42, 7.123e-06}, {0.44, 1.816e-05},
			{0.46, 4.226e-05}, {0.48, 9.307e-05}, {0.50, 1.954e-04}, {0.52, 3.947e-04}, {0.54, 7.903e-04},
			{0.56, 1.567e-03}, {0.58, 3.106e-03}, {0.60, 6.047e-03}, {0.62, 1.144e-02}, {0.64, 2.080e-02},
			{0.66, 3.605e-02}, {0.68, 5.931e-02}, {0.70, 9.260e-02}, {0.75, 2.267e-01}, {0.80, 4.223e-01},
			{0.85, 6.345e-01}, {0.90, 8.126e-01}, {0.95, 9.274e-01}, {1.00, 9.804e-01}, {1.10, 9.997e-01},
			{1.20, 1},
		},
		Typical: []Rate{
			{0.40, 1.388e-07}, {0.42, 3.547e-07}, {0.44, 7.472e-07}, {0.46, 1.804e-06}, {0.48, 5.924e-06}, {0.50, 2.084e-05},
			{0.52, 7.054e-05}, {0.54, 2.211e-04}, {0.56, 6.325e-04}, {0.58, 1.677e-03}, {0.60, 3.880e-03}, {0.62, 8.177e-03},
			{0.64, 1.563e-02}, {0.66, 2.724e-02}, {0.68, 4.546e-02}, {0.70, 7.151e-02}, {0.72, 1.094e-01}, {0.74, 1.599e-01},
			{0.76, 2.277e-01}, {0.78, 3.096e-01}, {0.80, 3.958e-01}, {0.82, 5.038e-01}, {0.84, 5.913e-01}, {0.86, 6.940e-01},
			{0.88, 7.564e-01}, {0.90, 8.209e-01}, {0.92, 8.909e-01}, {1.00, 9.804e-01}, {1.20, 1},
		},
		Median: 0.440, MedianSpread: 0.058,
		Pairs: []Rate{
			{-0.24, 0.0006}, {-0.22, 0.0009}, {-0.20, 0.0018}, {-0.18, 0.0029}, {-0.16, 0.0047}, {-0.14, 0.0089}, {-0.12, 0.0168},
			{-0.10, 0.0332}, {-0.08, 0.0623}, {-0.06, 0.1164}, {-0.04, 0.2022}, {-0.02, 0.3185}, {0, 0.5142}, {0.02, 0.6755},
			{0.04, 0.7917}, {0.06, 0.8729}, {0.08, 0.9259}, {0.10, 0.9575}, {0.12, 0.9746}, {0.14, 0.9843}, {0.16, 0.9911},
			{0.18, 0.9943}, {0.20, 0.9962}, {0.22, 0.9971}, {0.24, 0.9977}, {0.26, 0.9983}, {0.28, 0.9985}, {0.30, 1},
		},
	}
}

// Source tells what the rates were measured on, for help texts and exports.
func (c *Calibration) Source() string { return c.measured.Source }
