package engine

import "time"

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
	Remembered bool // whether the system's keyring can open it
	Totals     Totals
	Jobs       []Job
	Warnings   []Warning     // what opening the vault found
	LockAfter  time.Duration // idle time after which the vault locks itself; 0: never
}

// Warning is something that people must be told about the open vault. Msg is static English and a translation key.
type Warning struct {
	Msg    string `json:"message"`
	Detail string `json:"detail"` // for developers: numbers and IDs, no names
}

// VaultCheck is what a check of the whole vault found; nothing in Damage means that all is well.
type VaultCheck struct {
	Records int // read, unsealed and decoded
	Damage  []string
	Audit   AuditReport
	Erased  ErasedCheck
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
	EventAudit       Event = "audit"
	EventRequests    Event = "requests"
	EventUpkeep      Event = "upkeep" // retention or checks of sources did something
)
