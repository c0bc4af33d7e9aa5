package matter

// Regime is the law that a matter is under. Letters of one never use articles or periods of another.
type Regime string

// The regimes. For those of the United States no letters are offered: a person has no such claim against most indexes there.
const (
	RegimeEU         Regime = "eu_gdpr" // Regulation (EU) 2016/679, also in the EEA
	RegimeUK         Regime = "uk_gdpr" // UK GDPR and Data Protection Act 2018, as amended in 2025
	RegimeCH         Regime = "ch_fadp" // Swiss Federal Act on Data Protection of 2020
	RegimeIllinois   Regime = "us_il"
	RegimeCalifornia Regime = "us_ca"
)

// Regimes lists all of them.
func Regimes() []Regime {
	return []Regime{RegimeEU, RegimeUK, RegimeCH, RegimeIllinois, RegimeCalifornia}
}
