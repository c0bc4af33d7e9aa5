// Package calibration tells what a distance between two templates means: how many faces of strangers to expect that near, for this probe
// in this index, and the word for it (a band).
//
// In the flow it stands beside engine/match: the index gives distances, this package gives them meaning. It is pure: no template, no I/O, no
// goroutine. It must not call a score identity, and must not let the wish for a match decide: where it can't tell a stranger from the person, it
// counts strangers.
//
// # The problem
//
// One rate for everybody is fair to nobody. On 11,411 templates of 5,000 people the tenth of them with most look-alikes meets ten
// times as many strangers within a given distance as the average says, nearly all of them East Asian men and women among each other. For the
// rest the average is too strict. But the exact search knows the distances of a probe to the whole index, and nearly all of those faces
// are strangers.
//
// # The method
//
// Cohort normalisation [Auckenthaler, Carey and Lloyd-Thomas, Score normalization for text-independent speaker verification
// systems, Digital Signal Processing 10, 2000] moves a probe's distances by what its distances to strangers say. The mean and the
// deviation that Z-norm takes help little here: of the deviance of the counts below 0.45 (Poisson regression, tried on people who had
// no part in it) the mean explains 4 %, both 25 %, but the distance within which a hundredth of the strangers lie 67 %. Look-alikes
// are a matter of the tail, as in extreme value theory [Coles, An Introduction to Statistical Modeling of Extreme Values, 2001, ch. 4;
// Scheirer and others, Meta-Recognition, IEEE TPAMI 33(8), 2011]. But no tail can be fitted to the nearest distances themselves: that
// is where the person's own photos are, and a private collection may hold hundreds. So the tail's form is taken from the measured set,
// its place from this probe, and its place at a distance d only from what lies beyond d:
//
//	strangers within d, of n: n H(d - s(d))
//
// H is the curve of a typical probe (the mean distance at each rate, over probes). s(d) is how far the tail of this probe is moved,
// negative for one with many look-alikes. Walking inwards, from 0.64 to 0.30 in steps of 0.01, s does a random walk; its distribution is
// held on a grid and changed by the number of faces counted in each step (a forward filter, [Särkkä, Bayesian Filtering and Smoothing,
// 2013, ch. 4]):
//
//	count in a step ~ Poisson((n - t) dH + t dG), its likelihood to the power 1/3
//
// with t true matches, spread as the measured pairs of one person, G. The power stands for what a Poisson count lacks: people have
// several photos each. All this is done for some numbers of true matches and places of G, and each of them counts as much as the
// whole of it explains the distances. So the estimate at d averages over what is not known, and with few faces falls back to the
// prior, which is the spread of the measured people (and somewhat more cautious than their mean).
//
// G is moved towards smaller distances more than towards larger: one that may lie anywhere takes look-alikes for the person (then the
// worst tenth of people met 1.4 strangers where 0.01 were expected). The price: somebody with hundreds of photos of poor quality in the
// index may seem to have look-alikes, and gets lower bands than would be right.
//
// # What it can't do
//
// It can't see what the index doesn't show: in 1,000 faces the worst tenth of people meets five times as many strangers as expected,
// in 11,000 hardly more than expected. It knows nothing of twins and siblings. Below 0.001 expected strangers there was nothing to
// measure with, and an index of one person's photos alone can't be told from one of look-alikes, so its bands are cautious.
//
// `make calibration` measures all of it on people who had no part in the fit.
package calibration
