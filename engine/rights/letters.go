package rights

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"gabarit/engine"
	"gabarit/engine/matter"
)

// kind names a letter.
type kind struct {
	regime matter.Regime
	right  engine.Right
	lang   string
}

// Letters composes letters from templates. Safe for concurrent use once made.
type Letters struct {
	// Zone is the time zone in which dates of finds are told; NewLetters sets the computer's.
	Zone *time.Location

	templates map[kind]template
}

// common is the name of the files that hold what letters share.
const common = "common"

// Rights lists the letters there are, in the order in which a matter goes.
func Rights() []engine.Right {
	return []engine.Right{engine.RightAccess, engine.RightErasure, engine.RightObjection, engine.RightRestriction, engine.RightDelisting,
		engine.RightReminder, engine.RightComplaint}
}

// NewLetters reads every letters/REGIME/RIGHT.LANG.txt of fsys. A letter takes the sections that its file lacks from letters/REGIME/common.LANG.txt, and
// those that are missing there from letters/common.LANG.txt. A template that is not right in all its parts is an error
// (CodeCorrupt), and so is a folder without any.
func NewLetters(fsys fs.FS) (*Letters, error) {
	const op = "rights.NewLetters"
	files, err := fs.Glob(fsys, "letters/*/*.txt")
	if err == nil && len(files) == 0 {
		err = errors.New("no file letters/*/*.txt")
	}
	if err != nil {
		return nil, engine.E(engine.CodeCorrupt, op, "the letter templates are missing", err)
	}
	damaged := func(file string, err error) error {
		return engine.E(engine.CodeCorrupt, op, "a letter template is damaged", fmt.Errorf("%s: %w", file, err))
	}
	l := &Letters{Zone: time.Local, templates: make(map[kind]template)}
	for _, file := range files {
		k, err := kindOf(file)
		if err != nil {
			return nil, damaged(file, err)
		}
		if k.right == common {
			continue
		}
		whole := template{}
		for _, part := range []string{"letters/common." + k.lang + ".txt", fmt.Sprintf("letters/%s/common.%s.txt", k.regime, k.lang), file} {
			t, err := readTemplate(fsys, part)
			if err != nil {
				return nil, damaged(part, err)
			}
			maps.Copy(whole, t)
		}
		if err := whole.complete(); err != nil {
			return nil, damaged(file, err)
		}
		setTypography(k.lang, whole)
		l.templates[k] = whole
	}
	return l, nil
}

// kindOf reads what a file is for from its name.
func kindOf(file string) (kind, error) {
	right, lang, _ := strings.Cut(strings.TrimSuffix(path.Base(file), ".txt"), ".")
	k := kind{matter.Regime(path.Base(path.Dir(file))), engine.Right(right), lang}
	if !slices.Contains(Langs(), lang) || !slices.Contains(matter.Regimes(), k.regime) || right != common && !slices.Contains(Rights(), k.right) {
		return k, errors.New("not named REGIME/RIGHT.LANG.txt")
	}
	return k, nil
}

// readTemplate reads one file; of the common ones, one that is not there is empty.
func readTemplate(fsys fs.FS, file string) (template, error) {
	data, err := fs.ReadFile(fsys, file)
	if errors.Is(err, fs.ErrNotExist) && strings.HasPrefix(path.Base(file), common) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return parseTemplate(data)
}

// setTypography sets the spaces of literal text as the language wants them. What users wrote stays as they wrote it.
func setTypography(lang string, t template) {
	var walk func([]node) []node
	walk = func(nodes []node) []node {
		out := slices.Clone(nodes)
		for i := range out {
			out[i].text = typography(lang, out[i].text)
			out[i].then, out[i].otherwise = walk(out[i].then), walk(out[i].otherwise)
		}
		return out
	}
	for name := range t {
		t[name] = walk(t[name])
	}
}

// Langs lists the languages of letters. Complete are English and French; the others are outlines.
func Langs() []string { return []string{"en", "fr", "de", "it"} }

// Offered lists the languages in which there is a letter for a right under a regime, in the order of Langs.
func (l *Letters) Offered(regime matter.Regime, right engine.Right) []string {
	return slices.DeleteFunc(Langs(), func(lang string) bool { return l.templates[kind{regime, right, lang}] == nil })
}

// find gives the template for a request. CodeUnsupported: there is none.
func (l *Letters) find(req matter.LetterRequest) (template, error) {
	const op = "rights.Letters.Compose"
	k := kind{req.Regime, req.Right, req.Lang}
	if k.regime == "" {
		k.regime = matter.RegimeEU
	}
	if k.regime == matter.RegimeIllinois || k.regime == matter.RegimeCalifornia {
		return nil, engine.E(engine.CodeUnsupported, op, "letters under the law of Illinois or California are not offered", errors.New(string(k.regime)))
	}
	t := l.templates[k]
	if t == nil {
		return nil, engine.E(engine.CodeUnsupported, op, "there is no letter for this right in this language", fmt.Errorf("%s, %s, %s", k.regime, k.right, k.lang))
	}
	return t, nil
}
