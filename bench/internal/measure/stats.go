package measure

import (
	"cmp"
	"slices"
)

// Median returns the middle of the values, or the mean of the two in the middle. There is at least one.
func Median[T ~int64 | ~float64](values []T) T {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	if n%2 == 1 {
		return sorted[n/2]
	}
	return (sorted[n/2-1] + sorted[n/2]) / 2
}

// Column returns one figure of every sample.
func Column[T cmp.Ordered](samples []Sample, figure func(Sample) T) []T {
	out := make([]T, len(samples))
	for i, s := range samples {
		out[i] = figure(s)
	}
	return out
}
