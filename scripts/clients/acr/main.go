// Command stele-acr calls ACR's API with the official Go clients, for e2e/acr. Its argument chooses the client:
// `openapi` (cr-20181201/v2), `classic` (services/cr_ee) or `rpc` (tea-rpc). It reads calls, one a line, and prints
// the answer of each on a line, as e2e/acr/sdk.ts describes.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
)

// call is what a line of the input asks for.
type call struct {
	Action     string         `json:"action"`
	Parameters map[string]any `json:"parameters"`
}

// failure is an error that the server answered with, as the client tells it.
type failure struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// sdkClient makes a call. An error is one of the client itself, such as a parameter that it does not know.
type sdkClient interface {
	call(call) (body any, failed *failure, err error)
}

func main() {
	client, err := open(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var asked call
		if err := json.Unmarshal(lines.Bytes(), &asked); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		answer, err := json.Marshal(ask(client, asked))
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Println(string(answer))
	}
}

func open(name string) (sdkClient, error) {
	endpoint, id, secret := os.Getenv("ACR_ENDPOINT"), os.Getenv("ACR_ACCESS_KEY_ID"), os.Getenv("ACR_ACCESS_KEY_SECRET")
	switch name {
	case "openapi":
		return openOpenAPI(endpoint, id, secret)
	case "classic":
		return openClassic(endpoint, id, secret)
	case "rpc":
		return openRPC(endpoint, id, secret)
	}
	return nil, fmt.Errorf("there is no client %q", name)
}

func ask(client sdkClient, asked call) map[string]any {
	body, failed, err := client.call(asked)
	switch {
	case err != nil:
		return map[string]any{"problem": err.Error()}
	case failed != nil:
		return map[string]any{"error": failed}
	}
	return map[string]any{"body": body}
}
