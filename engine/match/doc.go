// Package match answers which faces of the index are near a probe.
//
// Cascade and Flat are the exact searches behind engine.Index; what a distance means is told by engine/calibration, from the counts that SearchAll
// gives. In the flow this package stands between the stored templates and the matches people see: index -> match -> case.
//
// It must not read or write files (what is saved goes through engine.Segments), name a person, call a score identity, or leave out a face that an
// exhaustive comparison would return. Goroutines are started by Cascade.Search and SearchAll, up to the number that NewCascade was given, and by Open
// and Load, one for each processor, and waited for before these return.
//
// # How a cascade is fast
//
// A basis (package codes: principal components of the templates) turns each template so that its spread lies in the first dimensions, and rounds the first 80 of them
// to whole steps: its code, 80 numbers of 8 bits. (Templates of dlib's model have no spread in the 48 others.) The first 64 are also put into 16 cells
// each, 4 bits. A search goes through four tiers, and only what a tier does not rule out reaches the next:
//
//  1. cells, 32 bytes a face in blocks of 32 faces: a table of 16 entries for each dimension, all of it in registers. First those of 48 dimensions,
//     the others where these rule out too little.
//  2. the first 64 numbers of the code
//  3. the other 16 numbers
//  4. the template: its distance in float64, eight faces side by side, each with the bits that Distance gives
//
// Most of a search is waiting for memory. So the first tier reads in order, and sends for the start of the next block before the end of the one it is
// at. The rows it leaves wait until there are some thousands, and are read in a row by the other tiers, each row sent for long before its turn. Where
// the bound is still to be found (Query.K), those of them that seem nearest come first, and the others have to be within the bound that these leave.
// It also falls early because blocks are visited in an order that spreads over the index. Several goroutines share it and take blocks in turn; many
// probes (SearchAll) are asked of a block while its cells are in the cache. Where distances are counted (Query.Count), rows within that reach pass as
// well, whatever the filter says, and are counted in the same pass. Package kernel holds the loops.
//
// # Why a cascade is exact
//
// Let q be the probe, x a face, T the present bound (the caller's, or the k-th distance found so far; where distances are counted at least the end of
// the last bin that is), d the true distance of q and x, and D what Distance computes. A face belongs to the answers, or is counted, only if D <= T.
// T never rises: a goroutine that still has an older one rules out less. D is a sum of 128 squares in float64, so d <= D(1 + 1e-13), [Higham,
// Accuracy and Stability of Numerical Algorithms, 2nd ed., section 3.1]. To be shown: if D <= T, no tier rules x out. All of it holds for any basis,
// so one that no longer fits the faces makes a search slower, never wrong.
//
// Turning. P is the basis' matrix as it is stored, m its mean, |P| the spectral and |P|F the Frobenius norm. Then |P(q-m) - P(x-m)| <= |P|d, over all
// dimensions and so over the first 64 or 80 of them. codes.Basis computes Stretch >= |P| from P itself: |P|^2 is the largest eigenvalue of PP^T, which is at most
// the largest sum of absolute values in a row of it. What is computed for P(x-m) is y(x): each of its numbers is a dot product of 128 terms in
// float32, in which x-m is rounded once before. With u = 2^-24 and g(n) = nu/(1-nu), the error of each is at most g(129) times the sum of |P||x-m|
// [Higham, (3.5) and lemma 3.3; fused multiplication and addition round less], that at most g(129) times the row's length times |x-m| (Cauchy and
// Schwarz), and all of them together
//
//	|y(x) - P(x-m)| <= g(129) |P|F |x-m|,
//
// the off that Basis.Turn returns, with 1e-40 for what underflows; and so over any of the dimensions.
//
// Rounding to codes. With u(d) the step of a dimension, the code c(x) stands for the point u c(x). Code.Head and Code.Whole are the distance of that
// point from y(x), which is measured face by face, plus off: the distance from P(x-m), over the first 64 and over all 80 dimensions of codes. Cascade.head and
// Cascade.whole are the largest of them among faces with a code. A face whose code would need more than 127 steps has none; it is compared in every
// search, so that it widens no bound.
//
// The probe. y(q) is drawn back, dimension by dimension, to where codes can lie. That is a projection onto a box, which brings it no farther from any
// point of the box, so from any code. Then it is rounded to whole units (a step is 1 to 22 units), to z(q). descent.off is the distance of z(q) from
// the point drawn back, plus the off of turning. So, with s(x) = z(q) - c(x) in units,
//
//	unit |s(x)| <= stretch d + descent.off + Cascade.head     over the first 64 dimensions, the same with whole over 80,
//
// and |s(x)|^2, a whole number, is at most descent.limit, which is the square of the right side in units, for d = T. The sums of tiers 2 and 3 are
// exactly |s(x)|^2: products below 2^15, squares and their sums below 2^32, all in integers.
//
// Cells. For each cell the table's entry is at most scale (1 + 2^-50) times the square of the gap from z(q) to the nearest code of that cell: rounded
// down, and cut off at 255, as are sums of four. So the sum of the entries is at most scale |s(x)|^2 (1 + 2^-50). It is compared with scale limit (1
// + 1e-9), rounded down, which changes nothing as the sum is a whole number.
//
// The computations of limit, stretch, head and off themselves are in float64, a few hundred operations with a relative error of 2^-53 each, of
// numbers that are not negative: below 1e-13 together. Each is widened by 1e-9, and limit by one unit on top. Where T or a number is too large for
// any of this (1e18, infinity, NaN), the faces are compared without codes.
//
// Counts. Let b be the number of bins that are counted in the end, which is BinsFor(r), two more than end at r or before, with r the larger of
// Query.Count and the last answer's distance. descent.bound is at all times at least (r + 2w)(1 + 1e-9), w the width of a bin: T is never below the
// last answer's distance. A face of one of these bins has D 200 < b, rounded, so D < (r/w + 2)w (1 + 1e-15): it passes all tiers and is counted once,
// in the one block that it lies in. Of the others only the number is told.
//
// Tier 4 computes D itself. And since faces enter the answers in order of distance and ID, whatever order they come in, the answers are Flat's to the
// last bit.
package match
