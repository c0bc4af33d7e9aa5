//go:build linux

package app_test

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"sort"
	"strings"
	"testing"
	"text/tabwriter"
)

// measurePairs tells how well distances tell two photos of one person from those of two, all photos against all.
func measurePairs(t *testing.T, rows []sample, ways []way) {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\tsame\tstrangers\tarea under ROC\tsame at .01 % strangers\tsame at .1 %\tat 0.5: same, strangers\tat 0.6: same, strangers\tmedian same")
	for _, v := range ways {
		same, strangers := pairs(rows, v.gallery, v.probes)
		if len(same) == 0 || len(strangers) == 0 {
			t.Errorf("%s: %d pairs of one person, %d of two", v.name, len(same), len(strangers))
			continue
		}
		s, d := sortedDistances(same), sortedDistances(strangers)
		at := func(limit float64) string { return fmt.Sprintf("%.4f, %.6f", within(s, limit), within(d, limit)) }
		rate := func(falseRate float64) string {
			limit := d[int(falseRate*float64(len(d)))]
			return fmt.Sprintf("%.4f (under %.3f)", within(s, limit), limit)
		}
		fmt.Fprintf(w, "%s\t%d\t%d\t%.6f\t%s\t%s\t%s\t%s\t%.3f\n", v.name, len(s), len(d), areaUnder(s, d), rate(1e-4), rate(1e-3), at(0.5), at(0.6), s[len(s)/2])
	}
	_ = w.Flush()
	t.Logf("pairs of named faces:\n%s", &b)
}

func sortedDistances(all []rated) []float64 {
	out := make([]float64, len(all))
	for i, p := range all {
		out[i] = p.distance
	}
	sort.Float64s(out)
	return out
}

// within is the share of sorted distances below a limit.
func within(sorted []float64, limit float64) float64 {
	n, _ := slices.BinarySearch(sorted, limit)
	return float64(n) / float64(len(sorted))
}

// areaUnder is the area under the ROC curve of sorted distances: the share of the combinations of a same and a stranger pair in which
// the same pair is nearer, a tie counting half (the Mann-Whitney statistic).
func areaUnder(same, strangers []float64) float64 {
	var sum float64
	for _, d := range same {
		nearer, _ := slices.BinarySearch(strangers, d)
		upTo, _ := slices.BinarySearch(strangers, math.Nextafter(d, math.Inf(1)))
		sum += float64(len(strangers)-upTo) + float64(upTo-nearer)/2
	}
	return sum / float64(len(same)) / float64(len(strangers))
}

// measureQuality tells how errors of recognition go with quality: by quarters of the probes, and of all pairs of one
// person's photos, which are many more. A quality that tells nothing has the same error rate in all quarters.
func measureQuality(t *testing.T, rows []sample, v way, r ranks) {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "probes by quality\tn\tquality\tnot rank 1\tnearest own photo beyond 0.5\tbeyond 0.6\tmedian distance to it")
	probes := slices.Clone(r.probes)
	slices.SortFunc(probes, func(a, b answered) int { return cmp.Compare(a.quality, b.quality) })
	for i, part := range quarters(probes) {
		var own []rated
		missed := 0
		for _, p := range part {
			if p.rank != 1 {
				missed++
			}
			own = append(own, rated{distance: ownDistance(p), quality: p.quality})
		}
		fmt.Fprintf(w, "quarter %d\t%d\t%.2f to %.2f\t%.4f (%d)\t%s\n", i+1, len(part), part[0].quality, part[len(part)-1].quality, share(missed, len(part)), missed, beyond(own))
	}
	own := make([]rated, len(probes))
	for i, p := range probes {
		own[i] = rated{ownDistance(p), p.quality}
	}
	same, _ := pairs(rows, v.gallery, v.probes)
	slices.SortFunc(same, func(a, b rated) int { return cmp.Compare(a.quality, b.quality) })
	fmt.Fprintln(w, "\npairs of one person by the lesser quality\tn\tquality\t\tbeyond 0.5\tbeyond 0.6\tmedian distance")
	for i, part := range quarters(same) {
		fmt.Fprintf(w, "quarter %d\t%d\t%.2f to %.2f\t\t%s\n", i+1, len(part), part[0].quality, part[len(part)-1].quality, beyond(part))
	}
	_ = w.Flush()
	t.Logf("errors by quality (%s):\n%srank correlation (Spearman) of quality and distance: probes to their nearest own photo %.3f, pairs of one person %.3f",
		v.name, &b, spearman(own), spearman(same))
}

// ownDistance is the distance of a probe to the nearest photo of its person, infinite where none came back.
func ownDistance(p answered) float64 {
	if p.rank == 0 {
		return math.Inf(1)
	}
	return p.own
}

// beyond tells the shares of pairs that a threshold of 0.5 or 0.6 would miss, and the median distance.
func beyond(part []rated) string {
	d := sortedDistances(part)
	miss := func(limit float64) string {
		n, _ := slices.BinarySearch(d, limit)
		return fmt.Sprintf("%.4f (%d)", share(len(d)-n, len(d)), len(d)-n)
	}
	return fmt.Sprintf("%s\t%s\t%.3f", miss(0.5), miss(0.6), d[len(d)/2])
}

// quarters cuts a slice into four parts of about the same length, none of them empty.
func quarters[T any](all []T) (parts [][]T) {
	for i := range 4 {
		if part := all[len(all)*i/4 : len(all)*(i+1)/4]; len(part) > 0 {
			parts = append(parts, part)
		}
	}
	return parts
}

// spearman is the correlation of the ranks of quality and distance: -1 if the better is always the nearer, 0 if
// quality tells nothing. Ties have their mean rank.
func spearman(all []rated) float64 {
	q := meanRanks(all, func(p rated) float64 { return p.quality })
	d := meanRanks(all, func(p rated) float64 { return p.distance })
	mean := float64(len(all)-1) / 2
	var both, qq, dd float64
	for i := range all {
		both += (q[i] - mean) * (d[i] - mean)
		qq += (q[i] - mean) * (q[i] - mean)
		dd += (d[i] - mean) * (d[i] - mean)
	}
	if qq == 0 || dd == 0 {
		return 0
	}
	return both / math.Sqrt(qq*dd)
}

func meanRanks(all []rated, of func(rated) float64) []float64 {
	order := make([]int, len(all))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(of(all[a]), of(all[b])) })
	out := make([]float64, len(all))
	for i := 0; i < len(order); {
		j := i
		for j < len(order) && of(all[order[j]]) == of(all[order[i]]) {
			j++
		}
		for _, k := range order[i:j] {
			out[k] = float64(i+j-1) / 2
		}
		i = j
	}
	return out
}

func TestTheMeasuresOfPairsAreWhatTheirNamesSay(t *testing.T) {
	for _, c := range []struct {
		name            string
		same, strangers []float64
		want            float64
	}{
		{"all nearer", []float64{.1, .2}, []float64{.3, .4}, 1},
		{"all farther", []float64{.5, .6}, []float64{.3, .4}, 0},
		{"half", []float64{.1, .9}, []float64{.5}, .5},
		{"a tie counts half", []float64{.5}, []float64{.5}, .5},
		{"three of four", []float64{.1, .35}, []float64{.3, .4}, .75},
	} {
		if got := areaUnder(c.same, c.strangers); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("area, %s: %v, want %v", c.name, got, c.want)
		}
	}
	for _, c := range []struct {
		name string
		all  []rated
		want float64
	}{
		{"the better the nearer", []rated{{.9, .1}, {.5, .2}, {.1, .7}}, -1},
		{"the better the farther", []rated{{.1, .1}, {.5, .2}, {.9, .7}}, 1},
		{"one quality", []rated{{.1, .5}, {.5, .5}}, 0},
		{"ties have their mean rank", []rated{{1, 1}, {2, 2}, {2, 3}, {4, 4}}, 4.5 / math.Sqrt(4.5*5)},
	} {
		if got := spearman(c.all); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("correlation, %s: %v, want %v", c.name, got, c.want)
		}
	}
	lengths := []int{}
	for _, part := range quarters(make([]int, 335)) {
		lengths = append(lengths, len(part))
	}
	if !slices.Equal(lengths, []int{83, 84, 84, 84}) {
		t.Errorf("quarters of 335: %v", lengths)
	}
}
