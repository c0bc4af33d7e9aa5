// Package opened is the open vault as the services of the program are given it. A service (cases, requests, retention) is a package of its own that
// holds a Door, and app.App is made of them: what they can do is what it can do.
package opened

import (
	"context"
	"time"

	"gabarit/app/hidden"
	"gabarit/engine"
)

// Vault is the open vault. It is good until the done of Enter is called.
type Vault struct {
	Store engine.Store
	Index engine.Index
	Dir   string // of the vault

	Hidden *hidden.Set // what is kept out of Index although Store holds it

	// Hash is the keyed hash of the vault: it tells nothing to whoever has no key of this vault. domain says what for.
	Hash func(domain string, data []byte) [32]byte
	// Groups gives the groups of people that hold one of the faces. The first call groups all faces.
	Groups func(ctx context.Context, faces []engine.FaceID) ([]engine.Group, error)
	Model  engine.ModelID // of the templates that are compared
	Signer Signer
	// Crop gives a face as an upright JPEG, also by an ID that it had before it was found anew; CodeNotFound.
	Crop func(ctx context.Context, id engine.FaceID) ([]byte, error)
}

// Signer signs with the key that the vault's log is signed with. Safe for concurrent use.
type Signer interface {
	// Sign gives a signed statement that something of a kind has this SHA-256, as text.
	Sign(kind string, sum [32]byte) (string, error)
	// Key is the public key as text, and its SHA-256 in hex.
	Key() (key, fingerprint string)
}

// Eraser erases from the open vault: app.App.
type Eraser interface {
	PlanErasure(ctx context.Context, req engine.ErasureRequest) (engine.ErasurePlan, error)
	Erase(ctx context.Context, plan engine.ErasurePlan, progress func(engine.ErasureStep)) (engine.ErasureReport, error)
}

// Prober opens photos as probes: app.App.
type Prober interface {
	OpenProbe(ctx context.Context, path string, look engine.Look) (*engine.Probe, error)
}

// Door leads to the open vault. Safe for concurrent use.
type Door interface {
	// Enter keeps the vault open until done is called; the context it gives ends with ctx, with Lock and with Close. op names the call in
	// errors: CodeNoVault, CodeBadKey, CodeCanceled.
	Enter(ctx context.Context, op string) (v Vault, _ context.Context, done func(), err error)
	// Tell hands hints to who listens.
	Tell(hints ...engine.Event)
	Now() time.Time
}

// Use calls fn with the open vault, see Door.Enter.
func Use[T any](ctx context.Context, d Door, op string, fn func(context.Context, Vault) (T, error)) (T, error) {
	v, ctx, done, err := d.Enter(ctx, op)
	if err != nil {
		var none T
		return none, err
	}
	defer done()
	return fn(ctx, v)
}
