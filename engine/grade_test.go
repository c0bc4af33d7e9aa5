package engine_test

import (
	"math"
	"testing"

	"gabarit/engine"
)

func TestGradesOfQuality(t *testing.T) {
	for q, want := range map[float64]engine.Grade{0: engine.GradePoor, 0.249: engine.GradePoor, engine.LowQuality: engine.GradeFair, 0.59: engine.GradeFair,
		engine.GoodQuality: engine.GradeGood, 1: engine.GradeGood, -1: engine.GradePoor} {
		if got := engine.GradeOf(q); got != want {
			t.Errorf("quality %v has grade %v, want %v", q, got, want)
		}
	}
	if engine.GradeOf(math.NaN()) != engine.GradePoor {
		t.Error("what is not a number is not poor")
	}
}
