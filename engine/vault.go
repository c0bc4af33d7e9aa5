package engine

// VaultState tells what the window and the batch program find at the vault's place.
type VaultState string

// The states of a vault.
const (
	VaultMissing VaultState = "missing"
	VaultSealed  VaultState = "sealed" // exists and needs a passphrase
	VaultClosed  VaultState = "closed" // exists without passphrase, not opened yet
	VaultOpen    VaultState = "open"
)

// Status is what the status bar shows.
type Status struct {
	Vault      VaultState
	Dir        string
	Passphrase bool // whether a passphrase protects the vault
	Totals     Totals
	Jobs       []Job
}

// Event is a hint that something changed and should be read again. Hints may be dropped.
type Event string

// The events.
const (
	EventVault       Event = "vault"
	EventCollections Event = "collections"
	EventIndex       Event = "index"
	EventJobs        Event = "jobs"
	EventCases       Event = "cases"
)
