// Command archive packs a folder such that the same files give the same bytes: sorted, with one time, one owner, and no
// permissions but whether a file can be executed.
//
//	archive -time SECONDS FILE.tar.gz|FILE.zip FOLDER
//
// Names in the archive begin with the folder's own.
package main

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"
)

func main() {
	seconds := flag.Int64("time", 0, "when all files were changed, in `seconds` since 1970")
	flag.Parse()
	if flag.NArg() != 2 {
		fmt.Fprintln(os.Stderr, "usage: archive -time SECONDS FILE.tar.gz|FILE.zip FOLDER")
		os.Exit(2)
	}
	if err := pack(flag.Arg(0), flag.Arg(1), time.Unix(*seconds, 0).UTC()); err != nil {
		fmt.Fprintln(os.Stderr, "archive:", err)
		os.Exit(1)
	}
}

// A writer starts a file of an archive.
type writer func(name string, mode fs.FileMode, size int64) (io.Writer, error)

func pack(file, dir string, changed time.Time) (err error) {
	out, err := os.Create(file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()

	if strings.HasSuffix(file, ".zip") {
		archive := zip.NewWriter(out)
		err := add(dir, func(name string, mode fs.FileMode, _ int64) (io.Writer, error) {
			h := &zip.FileHeader{Name: name, Method: zip.Deflate, Modified: changed}
			h.SetMode(mode)
			return archive.CreateHeader(h)
		})
		return errors.Join(err, archive.Close())
	}
	compressed, err := gzip.NewWriterLevel(out, gzip.BestCompression)
	if err != nil {
		return err
	}
	archive := tar.NewWriter(compressed)
	err = add(dir, func(name string, mode fs.FileMode, size int64) (io.Writer, error) {
		h := &tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: int64(mode), Size: size, ModTime: changed, Format: tar.FormatUSTAR}
		return archive, archive.WriteHeader(h)
	})
	return errors.Join(err, archive.Close(), compressed.Close())
}

// add writes the files of a folder, in the order of their names.
func add(dir string, create writer) error {
	return filepath.WalkDir(dir, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		if !info.Mode().IsRegular() {
			return fmt.Errorf("%s is not a plain file", file)
		}
		mode := fs.FileMode(0o644)
		if info.Mode()&0o100 != 0 {
			mode = 0o755
		}
		rel, err := filepath.Rel(dir, file)
		if err != nil {
			return err
		}
		w, err := create(path.Join(filepath.Base(dir), filepath.ToSlash(rel)), mode, info.Size())
		if err != nil {
			return err
		}
		text, err := os.Open(file)
		if err != nil {
			return err
		}
		defer text.Close()
		_, err = io.Copy(w, text)
		return err
	})
}
