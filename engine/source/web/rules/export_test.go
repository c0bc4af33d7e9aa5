package rules

import "time"

func Matches(rule, path string) bool { return newPattern(rule).matches(normalPath(path)) }

func ParseRobotsTag(value string, now time.Time) Directives { return parseRobotsTag(value, now) }
