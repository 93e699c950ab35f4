// Stele-log-check reads a Stele transparency log with the code of Go's checksum database, golang.org/x/mod/sumdb, and knows
// nothing of Stele's own code: it checks the signature of the checkpoint, that every leaf is included, and that all
// checkpoints it is given are consistent with each other. It does not know what leaves say.
//
//	stele-log-check -key <key> <folder or URL> [older checkpoint file]...
//
// Exit codes: 0 good, 1 something is wrong or could not be read, 2 wrong arguments.
package main

import (
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// width is how many hashes a full tile has: two to the power of its height.
const (
	height = 8
	width  = 1 << height
)

func main() {
	key := flag.String("key", "", "the verifier key of the log: <name>+<id>+<base64>")
	flag.Parse()
	if *key == "" || flag.NArg() == 0 {
		fmt.Fprintln(os.Stderr, "usage: stele-log-check -key <key> <folder or URL> [older checkpoint file]...")
		os.Exit(2)
	}
	if err := check(*key, flag.Arg(0), flag.Args()[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func check(key, where string, older []string) error {
	verifier, err := note.NewVerifier(key)
	if err != nil {
		return fmt.Errorf("key: %w", err)
	}
	log := &log{where: strings.TrimRight(where, "/"), tiles: map[tlog.Tile][]byte{}}
	signed, err := log.read("checkpoint")
	if err != nil {
		return err
	}
	tree, err := open(signed, verifier)
	if err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	trees := []tlog.Tree{tree}
	for _, file := range older {
		signed, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		tree, err := open(signed, verifier)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		trees = append(trees, tree)
	}
	if err := checkInclusion(log, tree); err != nil {
		return err
	}
	pairs, err := checkConsistency(log, tree, trees)
	if err != nil {
		return err
	}
	fmt.Printf("%s: %d leaves are included, %d pairs of checkpoints are consistent\n", verifier.Name(), tree.N, pairs)
	return nil
}

// open verifies a checkpoint: a note whose lines are origin, size and root.
func open(signed []byte, verifier note.Verifier) (tlog.Tree, error) {
	opened, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		return tlog.Tree{}, errors.New("it is not a checkpoint of this log")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		return tlog.Tree{}, err
	}
	return tlog.Tree{N: size, Hash: root}, nil
}

// checkInclusion proves and checks that each leaf is in the tree. The tiles that proofs are made of are checked against
// the root by tlog.
func checkInclusion(log *log, tree tlog.Tree) error {
	hashes := tlog.TileHashReader(tree, log)
	for first := int64(0); first < tree.N; first += width {
		leaves, err := log.leaves(first/width, int(min(width, tree.N-first)))
		if err != nil {
			return err
		}
		for n, leaf := range leaves {
			index := first + int64(n)
			proof, err := tlog.ProveRecord(tree.N, index, hashes)
			if err != nil {
				return fmt.Errorf("leaf %d: %w", index, err)
			}
			if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(leaf)); err != nil {
				return fmt.Errorf("leaf %d is not included: %w", index, err)
			}
		}
	}
	return nil
}

// checkConsistency proves and checks that of each two trees the smaller one is the beginning of the larger one.
func checkConsistency(log *log, newest tlog.Tree, trees []tlog.Tree) (int, error) {
	sort.Slice(trees, func(i, j int) bool { return trees[i].N < trees[j].N })
	if last := trees[len(trees)-1]; last.N > newest.N {
		return 0, fmt.Errorf("the log went back: it has %d leaves, and had %d", newest.N, last.N)
	}
	hashes := tlog.TileHashReader(newest, log)
	pairs := 0
	for i, smaller := range trees {
		for _, larger := range trees[i+1:] {
			pairs++
			if smaller.N == 0 {
				continue
			}
			proof, err := tlog.ProveTree(larger.N, smaller.N, hashes)
			if err != nil {
				return pairs, err
			}
			if err := tlog.CheckTree(proof, larger.N, larger.Hash, smaller.N, smaller.Hash); err != nil {
				return pairs, fmt.Errorf("the trees of %d and %d leaves are not of one log: %w", smaller.N, larger.N, err)
			}
		}
	}
	return pairs, nil
}

// A log is read from a folder or a server. It is the TileReader of tlog.
type log struct {
	where string
	tiles map[tlog.Tile][]byte
}

func (l *log) Height() int { return height }

func (l *log) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	all := make([][]byte, len(tiles))
	for i, tile := range tiles {
		data, ok := l.tiles[tile]
		if !ok {
			// tlog has the height in its paths, tlog-tiles has not.
			read, err := l.read(strings.Replace(tile.Path(), "tile/8/", "tile/", 1))
			if err != nil {
				return nil, err
			}
			data = read
		}
		all[i] = data
	}
	return all, nil
}

// SaveTiles keeps tiles that were checked.
func (l *log) SaveTiles(tiles []tlog.Tile, data [][]byte) {
	for i, tile := range tiles {
		l.tiles[tile] = data[i]
	}
}

// leaves reads an entry bundle: each leaf after its length.
func (l *log) leaves(n int64, count int) ([][]byte, error) {
	tile := tlog.Tile{H: height, L: 0, N: n, W: count}
	path := strings.Replace(tile.Path(), "tile/8/0/", "tile/entries/", 1)
	bytes, err := l.read(path)
	if err != nil {
		return nil, err
	}
	var leaves [][]byte
	for len(bytes) > 0 {
		if len(bytes) < 2 || len(bytes) < 2+int(binary.BigEndian.Uint16(bytes)) {
			return nil, fmt.Errorf("%s ends within a leaf", path)
		}
		end := 2 + int(binary.BigEndian.Uint16(bytes))
		leaves = append(leaves, bytes[2:end])
		bytes = bytes[end:]
	}
	if len(leaves) != count {
		return nil, fmt.Errorf("%s has %d leaves instead of %d", path, len(leaves), count)
	}
	return leaves, nil
}

var client = http.Client{Timeout: 30 * time.Second}

func (l *log) read(path string) ([]byte, error) {
	if !strings.HasPrefix(l.where, "http://") && !strings.HasPrefix(l.where, "https://") {
		return os.ReadFile(filepath.Join(l.where, filepath.FromSlash(path)))
	}
	response, err := client.Get(l.where + "/" + path)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", path, response.Status)
	}
	return io.ReadAll(response.Body)
}
