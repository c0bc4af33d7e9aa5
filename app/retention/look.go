package retention

import (
	"context"
	"slices"

	"gabarit/engine"
	"gabarit/engine/retention"
	"gabarit/engine/source/web"
)

// look asks all addresses of a photo, each once.
func (r *round) look(ctx context.Context, w record) (result, error) {
	var finds []find
	var answers []asked
	ask := func(place engine.Provenance, address string, page bool) (*asked, error) {
		if address == "" {
			return nil, nil
		}
		if i := slices.IndexFunc(answers, func(a asked) bool { return a.URL == address && a.Page == page }); i >= 0 {
			return &answers[i], nil
		}
		a, err := r.once(ctx, w, place, question{address, page})
		if err != nil {
			return nil, err
		}
		answers = append(answers, a)
		return &a, nil
	}
	for _, place := range append([]engine.Provenance{w.photo.Source}, w.photo.Also...) {
		image, page := retention.Addresses(place)
		if page == image {
			page = ""
		}
		var f find
		var err error
		if f.image, err = ask(place, image, false); err == nil {
			f.page, err = ask(place, page, true)
		}
		if err != nil {
			return result{}, err
		}
		finds = append(finds, f)
	}
	verdict := judge(finds)
	return result{w, w.known.after(r.parts.Door.Now(), answers, verdict), verdict}, nil
}

// once asks what several photos may share once in a round.
func (r *round) once(ctx context.Context, w record, place engine.Provenance, q question) (asked, error) {
	known := web.Known{URL: q.url, Page: q.page}
	shares := q.page || place.Video != "" // the bytes of a video are not those of its frame
	if !shares {
		known.SHA256, known.Version = w.photo.SHA256, w.known.versionOf(q.url)
		return r.one(ctx, known)
	}
	r.mu.Lock()
	a, ok := r.shared[q]
	r.mu.Unlock()
	if ok {
		return a, nil
	}
	a, err := r.one(ctx, known)
	if err == nil {
		r.mu.Lock()
		r.shared[q] = a
		r.mu.Unlock()
	}
	return a, err
}

func (r *round) one(ctx context.Context, known web.Known) (asked, error) {
	out := asked{URL: known.URL, Page: known.Page, Finding: web.Unreachable}
	check, err := r.checker.Check(ctx, known)
	if engine.CodeOf(err) == engine.CodeInvalid { // no address that can be asked
		out.Reason = engine.MessageOf(err)
		return out, nil
	}
	if err != nil {
		return out, err
	}
	out.Finding, out.Status, out.Version, out.Reason = check.Finding, check.Status, check.Version, engine.MessageOf(check.Err)
	return out, nil
}
