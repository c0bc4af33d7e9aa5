package subjects

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image/jpeg"
	"slices"
	"strings"
	"time"

	"gabarit/app/opened"
	"gabarit/engine"
	"gabarit/engine/entry"
	"gabarit/engine/matter"
	"gabarit/engine/pipeline"
	"gabarit/engine/rights/document"
	"gabarit/engine/rights/subject"
)

// maxURLs is how many addresses a request may name; more are for a second request.
const maxURLs = 10_000

// RegisterRequest registers a request at once, whatever the channel, the language and the number of requests before it; its clock runs from the receipt. Photos that
// can't be used as portraits are told, and the request stands. CodeInvalid: no right is named, the receipt lies in the future, the zone is unknown.
func (q *Requests) RegisterRequest(ctx context.Context, n matter.NewRequest) (matter.Request, []matter.PhotoProblem, error) {
	r, err := q.newRequest(n)
	if err != nil {
		return r, nil, err
	}
	q.turn.Lock()
	r, err = opened.Use(ctx, q.counter.Door, "subjects.RegisterRequest", func(ctx context.Context, v opened.Vault) (matter.Request, error) { return q.register(ctx, v, r) })
	q.turn.Unlock()
	if err != nil || len(n.Photos) == 0 {
		return r, nil, err
	}
	return q.AddPortraits(ctx, string(r.ID), n.Photos...)
}

// newRequest checks what is registered.
func (q *Requests) newRequest(n matter.NewRequest) (matter.Request, error) {
	now := q.counter.Door.Now()
	r := matter.Request{Version: matter.RequestFormat, Channel: n.Channel, Lang: n.Lang, Name: n.Name, Reply: n.Reply, Note: n.Note, Received: n.Received, Zone: n.Zone,
		Estimated: n.Estimated, RegisteredAt: now}
	for _, right := range matter.RequestRights() {
		if slices.Contains(n.Rights, right) {
			r.Rights = append(r.Rights, right)
		}
	}
	if len(r.Rights) == 0 || slices.ContainsFunc(n.Rights, func(x engine.Right) bool { return !slices.Contains(r.Rights, x) }) {
		return r, invalid("a subject request names a right: access, erasure, objection or restriction")
	}
	if r.Lang == "" {
		r.Lang = "en"
	}
	if !slices.Contains(subject.Languages(), r.Lang) {
		return r, invalid("answers are written in en or fr; the request may be in any language")
	}
	if r.Received.IsZero() {
		r.Received = now
	}
	if _, err := time.LoadLocation(r.Zone); err != nil {
		return r, engine.E(engine.CodeInvalid, "subjects.RegisterRequest", "the time zone is unknown", errors.New(r.Zone))
	}
	if r.Received.After(now.Add(24 * time.Hour)) { // a day ahead may be today elsewhere
		return r, invalid("the day of receipt lies in the future")
	}
	for _, u := range n.URLs {
		if u = strings.TrimSpace(u); u != "" && !slices.Contains(r.URLs, u) {
			r.URLs = append(r.URLs, u)
		}
	}
	if len(r.URLs) > maxURLs {
		return r, invalid("the subject request names too many addresses")
	}
	return r, checkText(append(slices.Clone(r.URLs), n.Channel, n.Name, n.Reply, n.Note)...)
}

// register gives the request its number and clock and stores it.
func (q *Requests) register(ctx context.Context, v opened.Vault, r matter.Request) (matter.Request, error) {
	known, err := all(ctx, v.Store)
	if err != nil {
		return r, err
	}
	from, err := q.counter.Answering(ctx, v.Store)
	if err != nil {
		return r, err
	}
	r.Due = q.counter.Deadline(subject.Local(r, r.Received), 1, from.Country)
	year, last := r.RegisteredAt.Year(), 0
	for _, k := range known {
		var y, n int
		if _, err := fmt.Sscanf(k.Ref, "%d-REQ-%d", &y, &n); err == nil && y == year {
			last = max(last, n)
		}
	}
	r.Ref = fmt.Sprintf("%04d-REQ-%04d", year, last+1)
	err = v.Store.ChangeDocuments(ctx, func(x engine.DocumentTx) error {
		r.ID = matter.RequestID(x.NewID())
		r.History = []matter.RequestStep{{At: x.Now(), What: "Registered"}}
		if err := putRequest(x, r); err != nil {
			return err
		}
		return x.Log(entry.RequestRegistered(r))
	})
	if err == nil {
		q.counter.Door.Tell(engine.EventRequests, engine.EventAudit)
	}
	return r, err
}

// AddPortraits adds photos of the person to a request. Of each the templates of its faces, its hashes and a small picture are kept until the request ends; the file is
// not. A face that is alone on its photo is compared by itself; of several none is, until somebody says which (UsePortraitFaces).
func (q *Requests) AddPortraits(ctx context.Context, name string, paths ...string) (matter.Request, []matter.PhotoProblem, error) {
	var problems []matter.PhotoProblem
	r, err := q.on(ctx, "subjects.AddPortraits", name, func(ctx context.Context, v opened.Vault, r matter.Request) (matter.Request, error) {
		for _, path := range paths {
			p, err := q.portrait(ctx, path)
			if err == nil {
				r, err = q.keepPortrait(ctx, v, r, p)
			}
			switch engine.CodeOf(err) {
			case "":
				if len(p.Faces) == 0 {
					problems = append(problems, matter.PhotoProblem{File: path, Err: engine.E(engine.CodeNoFace, "subjects.AddPortraits", "no face was found in the photo", nil)})
				}
			case engine.CodeCanceled, engine.CodeBadKey, engine.CodeNoVault:
				return r, err
			default:
				problems = append(problems, matter.PhotoProblem{File: path, Err: err})
			}
		}
		return r, nil
	})
	return r, problems, err
}

// portrait reads a photo. One without a face is kept for its hashes: the file may be held.
func (q *Requests) portrait(ctx context.Context, path string) (matter.Portrait, error) {
	probe, err := q.counter.Prober.OpenProbe(ctx, path, engine.Look{})
	if engine.CodeOf(err) == engine.CodeNoFace {
		probe, err = q.counter.Prober.OpenProbe(ctx, path, engine.Look{Detector: engine.DetectorThorough})
	}
	if err != nil && (engine.CodeOf(err) != engine.CodeNoFace || probe == nil) {
		return matter.Portrait{}, err
	}
	p := matter.Portrait{Version: matter.RequestFormat, SHA256: probe.SHA256, PHash: pipeline.PerceptualHash(probe.Preview), Faces: []matter.PortraitFace{}}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, probe.Preview, &jpeg.Options{Quality: 85}); err != nil {
		return p, engine.E(engine.CodeInternal, "subjects.AddPortraits", "the picture can't be encoded", err)
	}
	p.Preview = b.Bytes()
	for _, f := range probe.Faces {
		p.Faces = append(p.Faces, matter.PortraitFace{Detection: f.Detection, Crop: f.Crop, Used: len(probe.Faces) == 1})
	}
	return p, nil
}

func (q *Requests) keepPortrait(ctx context.Context, v opened.Vault, r matter.Request, p matter.Portrait) (matter.Request, error) {
	return q.change(ctx, v, r.ID, "Portrait added", func(x engine.DocumentTx, r *matter.Request) (engine.AuditEntry, error) {
		id := x.NewID()
		p.Request, p.Added = r.ID, x.Now()
		data, err := json.Marshal(p)
		if err != nil {
			return engine.AuditEntry{}, engine.E(engine.CodeInternal, "subjects.AddPortraits", "a portrait can't be written down", err)
		}
		r.Portraits = append(r.Portraits, id)
		return entry.RequestChanged(*r, "portrait"), x.Put(engine.DocumentPortrait, id, data)
	})
}

// portraits reads those of a request, in their order.
func portraits(ctx context.Context, store engine.Store, r matter.Request) (out []matter.Portrait, err error) {
	for _, id := range r.Portraits {
		data, err := store.Document(ctx, engine.DocumentPortrait, id)
		if err != nil {
			return nil, err
		}
		var p matter.Portrait
		if err := json.Unmarshal(data, &p); err != nil {
			return nil, engine.E(engine.CodeCorrupt, "subjects.portraits", "a stored portrait is damaged", err)
		}
		out = append(out, p)
	}
	return out, nil
}

// PortraitsOf gives the portraits of a request, in the order of Request.Portraits.
func (q *Requests) PortraitsOf(ctx context.Context, name string) ([]matter.Portrait, error) {
	return opened.Use(ctx, q.counter.Door, "subjects.PortraitsOf", func(ctx context.Context, v opened.Vault) ([]matter.Portrait, error) {
		r, err := find(ctx, v.Store, name)
		if err != nil {
			return nil, err
		}
		return portraits(ctx, v.Store, r)
	})
}

// UsePortraitFaces says which faces of a portrait (an ID of Request.Portraits) are the person: these are compared. CodeNotFound, CodeInvalid.
func (q *Requests) UsePortraitFaces(ctx context.Context, name, portrait string, faces []int) (matter.Request, error) {
	return q.on(ctx, "subjects.UsePortraitFaces", name, func(ctx context.Context, v opened.Vault, r matter.Request) (matter.Request, error) {
		return q.change(ctx, v, r.ID, "", func(x engine.DocumentTx, r *matter.Request) (engine.AuditEntry, error) {
			none := engine.AuditEntry{}
			if !slices.Contains(r.Portraits, portrait) {
				return none, engine.E(engine.CodeNotFound, "subjects.UsePortraitFaces", "the subject request has no such portrait", errors.New(portrait))
			}
			data, err := x.Get(engine.DocumentPortrait, portrait)
			if err != nil {
				return none, err
			}
			var p matter.Portrait
			if err := json.Unmarshal(data, &p); err != nil {
				return none, engine.E(engine.CodeCorrupt, "subjects.portraits", "a stored portrait is damaged", err)
			}
			for i := range p.Faces {
				p.Faces[i].Used = slices.Contains(faces, i)
			}
			if slices.ContainsFunc(faces, func(i int) bool { return i < 0 || i >= len(p.Faces) }) {
				return none, invalid("the photo has no face of that number")
			}
			if data, err = json.Marshal(p); err != nil {
				return none, engine.E(engine.CodeInternal, "subjects.AddPortraits", "a portrait can't be written down", err)
			}
			return entry.RequestChanged(*r, "faces"), x.Put(engine.DocumentPortrait, portrait, data)
		})
	})
}

// NoteDoubts notes reasonable doubts about who asks (art. 12(6)). Only then may more than a portrait be asked for.
func (q *Requests) NoteDoubts(ctx context.Context, name, doubts string) (matter.Request, error) {
	if err := checkText(doubts); err != nil {
		return matter.Request{}, err
	}
	return q.on(ctx, "subjects.NoteDoubts", name, func(ctx context.Context, v opened.Vault, r matter.Request) (matter.Request, error) {
		return q.change(ctx, v, r.ID, "Doubts about identity noted", func(_ engine.DocumentTx, r *matter.Request) (engine.AuditEntry, error) {
			r.Doubts = doubts
			return entry.RequestChanged(*r, "doubts"), nil
		})
	})
}

// Acknowledgement is the text that tells the person that the request came in, with the day by which it is answered.
func (q *Requests) Acknowledgement(ctx context.Context, name string) (string, error) {
	return opened.Use(ctx, q.counter.Door, "subjects.Acknowledgement", func(ctx context.Context, v opened.Vault) (string, error) {
		r, err := find(ctx, v.Store, name)
		if err != nil {
			return "", err
		}
		from, err := q.counter.Answering(ctx, v.Store)
		if err != nil {
			return "", err
		}
		return document.Text(subject.Acknowledgement(r, from, q.counter.Door.Now())), nil
	})
}
