package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"pxekit/dhcpopts/dialect"
	"pxekit/dhcpopts/dialect/targets"
	"pxekit/dhcpopts/plan"
)

// extensions of the files that --all writes, by target or by target/form; what
// is not here is plain config.
var extensions = map[string]string{
	"kea": "json", "kea/flex-option": "json", "windows": "ps1", "windows/netsh": "cmd", "libvirt": "xml", "plan": "yaml",
	"infoblox/gui": "txt", "infoblox/wapi": "sh", "infoblox/csv": "csv", "infoblox/ansible": "yaml", "infoblox/terraform": "tf",
	"relay": "txt", "routeros": "rsc", "openwrt": "sh", "bloxone": "json", "technitium": "txt", "meraki": "txt", "unifi": "txt",
	"pfsense-isc": "txt", "pfsense-kea": "txt", "opnsense-isc": "txt", "opnsense-kea": "txt", "networkd": "network",
}

// fileName is where --all puts one form of a target.
func fileName(t dialect.Target, form dialect.Form) string {
	ext, ok := extensions[t.Name+"/"+form.Name]
	if !ok {
		ext, ok = extensions[t.Name]
	}
	if !ok {
		ext = "conf"
	}
	if form.Name == t.Forms[0].Name {
		return t.Name + "." + ext
	}
	return t.Name + "-" + form.Name + "." + ext
}

// generated is one file of --all, in memory until all are made.
type generated struct{ name, text string }

// writeAll writes every form of every target that can say the plan, and says
// why the others cannot.
func (g *generate) writeAll() error {
	switch info, err := os.Stat(g.out); {
	case g.out == "" || g.out == "-":
		return usagef("--all -o FOLDER", "--all writes many files and needs a folder")
	case err != nil:
		return usagef("mkdir "+shellWord(g.out), "cannot write into the folder: %w", err)
	case !info.IsDir():
		return usagef("--all -o FOLDER", "%q is not a folder", g.out)
	case g.as != "" || g.json || len(g.clients) > 0:
		return usagef("name one target", "--as, --json and --client do not go with --all")
	}
	p, err := g.plan.read(g.ui)
	if err != nil {
		return err
	}
	files, err := g.everything(p)
	if err != nil {
		return err
	}
	return g.writeFiles(files)
}

// formsOf lists a target's forms; one without any is asked all the same, as its
// Write says why.
func formsOf(t dialect.Target) []dialect.Form {
	if len(t.Forms) == 0 {
		return []dialect.Form{{}}
	}
	return t.Forms
}

func (g *generate) everything(p *plan.Plan) ([]generated, error) {
	var files []generated
	for _, t := range targets.All {
		for _, form := range formsOf(t) {
			made, err := g.attempt(p, t, form)
			if usage := new(failure); errors.As(err, &usage) && usage.code == exitUsage {
				return nil, err
			}
			if err != nil {
				g.say("note", fmt.Sprintf("no %s: %v", strings.TrimSpace(t.Name+" "+form.Name), err), "")
				continue
			}
			files = append(files, made...)
		}
	}
	if len(files) == 0 {
		return nil, askedf("--lossy writes what each can say", "no target can say this plan")
	}
	return files, nil
}

// attempt makes the file of one form, and a second one with the annotation of a
// form that has no comments; the error says why there is none.
func (g *generate) attempt(p *plan.Plan, t dialect.Target, form dialect.Form) ([]generated, error) {
	req, err := g.request(form)
	if err != nil {
		return nil, err
	}
	w, err := write(p, t, form, req)
	if err != nil {
		return nil, err
	}
	if len(w.out.Lost) > 0 && !g.lossy {
		return nil, errors.New(strings.Join(texts(w.out.Lost), "; "))
	}
	comments, aside := w.heading()
	made := []generated{{fileName(t, form), comments + w.out.Text}}
	if aside != "" {
		made = append(made, generated{fileName(t, form) + ".notes.txt", aside + "\n"})
	}
	return made, nil
}

func texts(notes []dialect.Note) []string {
	var all []string
	for _, n := range notes {
		all = append(all, n.Text)
	}
	return all
}

// writeFiles writes what was made; stdout lists the files.
func (g *generate) writeFiles(files []generated) error {
	var list strings.Builder
	for _, f := range files {
		name := filepath.Join(g.out, f.name)
		if err := g.write(name, f.text); err != nil {
			return err
		}
		fmt.Fprintln(&list, name)
	}
	return g.write("", list.String())
}
