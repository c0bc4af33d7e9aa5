package sources

import (
	"errors"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"gabarit/app/files"
	"gabarit/engine"
	"gabarit/engine/source"
	"gabarit/engine/source/web"
)

// Opener opens sources for an open vault. Web's Network, Clock and Proxy are for tests.
type Opener struct {
	VaultDir string
	Vault    Sealer
	Web      web.Options
}

// Open opens all sources of a request, the addresses of sites together as one, and gives their names, by which a run is found again from
// any working folder: absolute paths and addresses. Errors: those of source.Open and web.Open; CodeInvalid: nothing is named, or the vault itself. Close
// what it gives.
func (o Opener) Open(c engine.Collection, req engine.CollectRequest) (names []string, all []engine.Source, err error) {
	const op = "app.Collect"
	var addresses []string
	for _, name := range req.Sources {
		if IsAddress(name) {
			addresses = append(addresses, name)
			continue
		}
		src, path, err := o.local(name)
		if err != nil {
			return nil, nil, err
		}
		if !slices.Contains(names, path) {
			names, all = append(names, path), append(all, src)
		}
	}
	if len(addresses) > 0 {
		site, err := o.site(c, req.Web, addresses)
		if err != nil {
			return nil, nil, err
		}
		names, all = append(names, site.Addresses()...), append(all, site)
	}
	if len(all) == 0 {
		return nil, nil, engine.E(engine.CodeInvalid, op, "nothing to collect from was named", nil)
	}
	return names, all, nil
}

// IsAddress tells the address of a site from a path.
func IsAddress(name string) bool {
	scheme, _, ok := strings.Cut(strings.ToLower(name), "://")
	return ok && (scheme == "http" || scheme == "https")
}

func (o Opener) local(name string) (engine.Source, string, error) {
	const op = "app.Collect"
	src, err := source.Open(name)
	if err != nil {
		return nil, "", err
	}
	path, err := filepath.Abs(name)
	if err != nil {
		return nil, "", engine.E(engine.CodeUnavailable, op, "the working folder can't be told", err)
	}
	if files.Inside(o.VaultDir, path) {
		return nil, "", engine.E(engine.CodeInvalid, op, "the vault itself can't be collected", errors.New(path))
	}
	return src, path, nil
}

func (o Opener) site(c engine.Collection, w engine.WebOptions, addresses []string) (*web.Site, error) {
	opt := o.Web
	opt.Contact, opt.Scope, opt.Archive = w.Contact, c.Scope, w.Archive
	opt.Limits = web.Limits{Pages: w.Pages, Images: w.Images, Depth: w.Depth, Bytes: w.Bytes, Time: w.Time, Delay: w.Delay}
	if opt.Archive != "" {
		dir, err := filepath.Abs(opt.Archive)
		if err == nil && files.Inside(o.VaultDir, dir) {
			return nil, engine.E(engine.CodeInvalid, "app.Collect", "the archive of a site can't be put into the vault", errors.New(dir))
		}
	}
	opt.State = newState(o.VaultDir, o.Vault, c.ID)
	return web.Open(opt, addresses...)
}

// Close closes sources that hold something.
func Close(all []engine.Source) error {
	var errs []error
	for _, s := range all {
		if c, ok := s.(io.Closer); ok {
			errs = append(errs, c.Close())
		}
	}
	return errors.Join(errs...)
}
