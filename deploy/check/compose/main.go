// Reads Compose files as Compose does: compose ENV_FILE COMPOSE_FILE. Unknown keys, wrong types, variables that are required and not set, and
// services, volumes or files that are referred to and not there are errors.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/compose-spec/compose-go/v2/cli"
)

func main() {
	options, err := cli.NewProjectOptions(
		[]string{os.Args[2]},
		cli.WithEnvFiles(os.Args[1]),
		cli.WithDotEnv,
		cli.WithProfiles([]string{"*"}),
	)
	stop(err)
	project, err := options.LoadProject(context.Background())
	stop(err)
	for name, service := range project.Services {
		for _, volume := range service.Volumes {
			if volume.Type == "bind" {
				_, err := os.Stat(volume.Source)
				stop(err)
			}
		}
		if service.Build != nil {
			file := service.Build.Dockerfile
			if !filepath.IsAbs(file) {
				file = filepath.Join(service.Build.Context, file)
			}
			_, err := os.Stat(file)
			stop(err)
		}
		for key, value := range service.Environment {
			if value == nil || *value == "" {
				stop(fmt.Errorf("service %s: %s is empty", name, key))
			}
		}
		// This machine alone reaches what is published.
		for _, port := range service.Ports {
			if port.HostIP != "127.0.0.1" {
				stop(fmt.Errorf("service %s publishes port %s to every network", name, port.Published))
			}
		}
	}
	fmt.Println("deploy:", filepath.Base(os.Args[2]), "is read by Compose's own parser:", len(project.Services), "services")
}

func stop(err error) {
	if err != nil {
		fmt.Println("deploy:", os.Args[2]+":", err)
		os.Exit(1)
	}
}
