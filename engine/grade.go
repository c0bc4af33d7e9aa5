package engine

// Grade is the quality of a face in one of three steps, for people.
type Grade int

// The grades, worst first.
const (
	GradePoor Grade = iota
	GradeFair
	GradeGood
)

// Bounds of the grades. Below LowQuality a match is not as near as its distance says: its band is lowered.
const (
	LowQuality  = 0.25
	GoodQuality = 0.6
)

// GradeOf gives the grade of a quality from 0 to 1; what is not a number is poor.
func GradeOf(quality float64) Grade {
	switch {
	case quality >= GoodQuality:
		return GradeGood
	case quality >= LowQuality:
		return GradeFair
	}
	return GradePoor
}
