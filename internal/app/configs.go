package app

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cloudlint/cloudlint/analyzers"
	"github.com/cloudlint/cloudlint/internal/catalogue"
	"github.com/cloudlint/cloudlint/internal/config"
	"github.com/cloudlint/cloudlint/internal/driver"
	"github.com/cloudlint/cloudlint/internal/rule"
)

// configs holds the configuration of each module of a run.
type configs struct {
	app   *App
	known config.Known
	flags config.Flags
	byDir map[string]*config.Config
}

func known(rules rule.Catalogue) config.Known {
	return config.Known{Rules: rules, Analyzers: analyzers.All(), CommonFlags: analyzers.CommonFlags()}
}

func (a *App) newConfigs(rules rule.Catalogue, flags config.Flags) *configs {
	return &configs{app: a, known: known(rules), flags: flags, byDir: make(map[string]*config.Config)}
}

// load returns the configuration of the module in a folder.
func (c *configs) load(dir string) (*config.Config, error) {
	if cfg := c.byDir[dir]; cfg != nil {
		return cfg, nil
	}
	cfg, err := config.Load(dir, config.GitRoot(dir), c.app.Options.Config, c.known, c.flags)
	if err != nil {
		return nil, err
	}
	for _, file := range cfg.Files() {
		c.app.log.WithField("module", dir).Debugf("configuration %s", file)
	}
	c.byDir[dir] = cfg
	return cfg, nil
}

// dir returns the folder whose configuration holds for a module. For a dependency or the standard library it is the
// user's own module: what a stranger's module says about itself is not the user's wish.
func (c *configs) dir(m driver.Module) string {
	if m.Main && m.Dir != "" {
		return m.Dir
	}
	return config.ModuleRoot(c.app.Options.Dir)
}

// settings is what the driver asks for each module.
func (c *configs) settings(m driver.Module) (driver.Settings, error) {
	cfg, err := c.load(c.dir(m))
	if err != nil {
		return driver.Settings{}, err
	}
	return cfg.Settings(), nil
}

// of returns the configuration of a module that the driver has asked about.
func (c *configs) of(m driver.Module) *config.Config {
	cfg, err := c.load(c.dir(m))
	if err != nil {
		// The driver has asked before and was told so. A file that was broken since then changes nothing any more.
		cfg, _ = config.Load(os.DevNull, "", "", c.known, config.Flags{})
	}
	return cfg
}

// ConfigShow prints the effective configuration of the module that the folder lies in.
func (a *App) ConfigShow(context.Context) error {
	cfg, err := a.loadConfig()
	if err != nil {
		return err
	}
	text, err := cfg.Show()
	if err != nil {
		return err
	}
	_, err = a.stdout.Write(text)
	return err
}

// ConfigCheck checks the configuration of the module that the folder lies in, or configuration files, and names all
// files that were read.
func (a *App) ConfigCheck(_ context.Context, files []string) error {
	if len(files) > 0 {
		return a.checkFiles(files)
	}
	cfg, err := a.loadConfig()
	if err != nil {
		return err
	}
	read := cfg.Files()
	if len(read) == 0 {
		fmt.Fprintln(a.stdout, "there is no configuration file: the defaults hold")
	}
	for _, file := range read {
		fmt.Fprintln(a.stdout, file+": ok")
	}
	return nil
}

// checkFiles checks configuration files, each as that of the module that it lies in.
func (a *App) checkFiles(files []string) error {
	var errs, seen []string
	for _, file := range files {
		file = a.path(file)
		dir := filepath.Dir(file)
		cfg, err := config.Load(config.ModuleRoot(dir), config.GitRoot(dir), file, known(catalogue.Rules()), config.Flags{})
		if err != nil {
			errs = append(errs, err.Error())
			continue
		}
		for _, read := range cfg.Files() {
			if !slices.Contains(seen, read) {
				seen = append(seen, read)
				fmt.Fprintln(a.stdout, read+": ok")
			}
		}
	}
	if len(errs) > 0 {
		return Usagef("%s", strings.Join(errs, "\n"))
	}
	return nil
}

func (a *App) loadConfig() (*config.Config, error) {
	return a.newConfigs(catalogue.Rules(), config.Flags{}).load(config.ModuleRoot(a.Options.Dir))
}

// configFile is what the doctor says about the configuration of a module.
func (a *App) configFile(moduleDir string) (string, error) {
	file := a.Options.Config
	if file == "" {
		found, err := config.Find(moduleDir, config.GitRoot(moduleDir))
		if err != nil {
			return "", err
		}
		file = found
	}
	_, err := config.Load(moduleDir, config.GitRoot(moduleDir), file, known(catalogue.Rules()), config.Flags{})
	return file, err
}
