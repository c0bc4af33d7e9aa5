package ui

import (
	"context"

	"gabarit/engine"
	"gabarit/engine/matter"
)

// fakeUpkeep is the part of fakeService that keeps collections to their dates. Its fields are guarded by fakeService.mu.
type fakeUpkeep struct {
	upkeep  map[engine.CollectionID]matter.Upkeep
	view    matter.UpkeepView
	asked   []string // collection, contact
	askErr  error
	answers matter.SourceCounts
}

func (f *fakeService) Upkeep(context.Context) (map[engine.CollectionID]matter.Upkeep, error) {
	defer f.lock()()
	return f.upkeep, nil
}

func (f *fakeService) UpkeepOf(context.Context, string) (matter.UpkeepView, error) {
	defer f.lock()()
	return f.view, nil
}

func (f *fakeService) AskSources(_ context.Context, collection, contact string, _ bool, progress func(done, total int)) (matter.SourceCounts, error) {
	defer f.lock()()
	f.asked = append(f.asked, collection, contact)
	progress(1, 2)
	return f.answers, f.askErr
}
