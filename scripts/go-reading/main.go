// Prints what Go's encoding/json reads from manifests, for lib/domain/manifest-readings.test.ts: docker, containerd,
// podman, crane and cosign decode manifests with it. Reads a manifest in base64 from each line of the standard input, and
// answers with the digests of its config, layers and manifests, separated by spaces.
package main

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

type descriptor struct {
	Digest string `json:"digest"`
}

// Each field is decoded on its own, so that what is not valid in one does not hide what a client reads from another.
type withConfig struct {
	Config descriptor `json:"config"`
}

type withLayers struct {
	Layers []descriptor `json:"layers"`
}

type withManifests struct {
	Manifests []descriptor `json:"manifests"`
}

func digests(content []byte) []string {
	found := []string{}
	var config withConfig
	if json.Unmarshal(content, &config) == nil && config.Config.Digest != "" {
		found = append(found, config.Config.Digest)
	}
	var layers withLayers
	if json.Unmarshal(content, &layers) == nil {
		for _, layer := range layers.Layers {
			found = append(found, layer.Digest)
		}
	}
	var index withManifests
	if json.Unmarshal(content, &index) == nil {
		for _, child := range index.Manifests {
			found = append(found, child.Digest)
		}
	}
	return found
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 16*1024*1024)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for lines.Scan() {
		content, err := base64.StdEncoding.DecodeString(lines.Text())
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Fprintln(out, strings.Join(digests(content), " "))
	}
}
