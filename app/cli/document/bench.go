package document

// BenchCollect is what bench collect prints. Where no photo was measured, all figures are 0.
type BenchCollect struct {
	Photos     int          `json:"photos"`
	Megapixels float64      `json:"megapixels"` // of a photo, on average
	Rounds     int          `json:"rounds"`
	Gabarit    BenchSide    `json:"gabarit"`
	GoFace     BenchSide    `json:"go_face"`
	CPURatio   BenchSpread  `json:"cpu_ratio"` // how many times as many photos Gabarit does
	WallRatio  BenchSpread  `json:"wall_ratio"`
	Templates  BenchApart   `json:"templates"`
	Failed     []FailedFile `json:"failed"`
}

// BenchSide is one of the two that are compared, by the median round, with one worker.
type BenchSide struct {
	Faces            int     `json:"faces"`
	PhotosPerCPU     float64 `json:"photos_per_cpu_second"`
	PhotosPerSecond  float64 `json:"photos_per_second"`
	CPUSecondsAPhoto float64 `json:"cpu_seconds_a_photo"`
}

// BenchSpread is over the rounds.
type BenchSpread struct {
	Min    float64 `json:"min"`
	Median float64 `json:"median"`
	Max    float64 `json:"max"`
}

// BenchApart tells how far apart the templates are that both made of one face.
type BenchApart struct {
	Faces  int     `json:"faces"` // found by both
	Median float64 `json:"median"`
	Max    float64 `json:"max"`
}

// BenchSearch is what bench search prints.
type BenchSearch struct {
	Faces     int             `json:"faces"`
	Probes    int             `json:"probes"`
	Questions []BenchQuestion `json:"questions"`
}

// BenchQuestion is one kind of question, asked with each probe.
type BenchQuestion struct {
	Max         int         `json:"max,omitempty"`
	Within      float64     `json:"within,omitempty"`
	Answers     int         `json:"answers"` // median
	CPUMs       float64     `json:"cpu_ms"`  // median
	ScanCPUMs   float64     `json:"scan_cpu_ms"`
	CPURatio    BenchSpread `json:"cpu_ratio"`   // how many times as fast as the scan
	Differences int         `json:"differences"` // probes that the two answered differently: 0, or something is wrong
}
