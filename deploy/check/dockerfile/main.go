// Reads a Dockerfile as BuildKit does: dockerfile FILE. Beyond its grammar: each stage copied from is there, each image ends as an
// unprivileged user with a program to run, and no base names the host it comes from.
package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

func main() {
	file, err := os.Open(os.Args[1])
	stop(err)
	tree, err := parser.Parse(file)
	stop(err)
	for _, warning := range tree.Warnings {
		stop(fmt.Errorf("%s", warning.Short))
	}
	stages, arguments, err := instructions.Parse(tree.AST, nil)
	stop(err)
	for _, argument := range arguments {
		for _, pair := range argument.Args {
			named(pair.Value)
		}
	}
	// A stage is an image unless another is made of it.
	used := map[string]bool{}
	for _, stage := range stages {
		used[stage.BaseName] = true
		for _, command := range stage.Commands {
			if command, copies := command.(*instructions.CopyCommand); copies {
				used[command.From] = true
			}
		}
	}
	known := map[string]bool{}
	images := 0
	for _, stage := range stages {
		named(&stage.BaseName)
		var user, entrypoint bool
		for _, command := range stage.Commands {
			switch command := command.(type) {
			case *instructions.CopyCommand:
				if command.From != "" && !known[command.From] {
					stop(fmt.Errorf("%s copies from %s, which no stage before it is called", stage.Name, command.From))
				}
			case *instructions.UserCommand:
				user = command.User != "" && !strings.HasPrefix(command.User, "0") && !strings.HasPrefix(command.User, "root")
			case *instructions.EntrypointCommand:
				entrypoint = len(command.CmdLine) > 0 && !command.PrependShell
			}
		}
		if stage.BaseName == "scratch" || !used[stage.Name] {
			images++
			if !user || !entrypoint {
				stop(fmt.Errorf("%s runs as root, or runs nothing", stage.Name))
			}
		}
		known[stage.Name] = true
	}
	if images == 0 {
		stop(fmt.Errorf("there is no image"))
	}
	fmt.Println("deploy:", os.Args[1], "is read by BuildKit's own parser:", len(stages), "stages,", images, "images")
}

// A host has a dot or a port before the first slash.
func named(image *string) {
	if image == nil {
		return
	}
	first, _, found := strings.Cut(*image, "/")
	if found && strings.ContainsAny(first, ".:") {
		stop(fmt.Errorf("%s names a host", *image))
	}
}

func stop(err error) {
	if err != nil {
		fmt.Println("deploy:", os.Args[1]+":", err)
		os.Exit(1)
	}
}
