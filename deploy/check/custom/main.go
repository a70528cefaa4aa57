// Reads what the chart renders and decodes the objects of other makers' kinds (HTTPRoute, ServiceMonitor) into those makers' own types,
// strictly: a field they do not have, or a value of another type, is an error. What is required is their admission's matter.
package main

import (
	"bytes"
	"fmt"
	"os"

	monitoring "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	gateway "sigs.k8s.io/gateway-api/apis/v1"
	"sigs.k8s.io/yaml"
)

func blank(kind string) any {
	switch kind {
	case "gateway.networking.k8s.io/v1/HTTPRoute":
		return &gateway.HTTPRoute{}
	case "monitoring.coreos.com/v1/ServiceMonitor":
		return &monitoring.ServiceMonitor{}
	}
	return nil
}

func main() {
	checked, failed := 0, false
	for _, file := range os.Args[1:] {
		text, err := os.ReadFile(file)
		if err != nil {
			fmt.Println("deploy:", err)
			os.Exit(1)
		}
		for _, document := range bytes.Split(text, []byte("\n---\n")) {
			var head struct {
				APIVersion string `json:"apiVersion"`
				Kind       string `json:"kind"`
				Metadata   struct {
					Name string `json:"name"`
				} `json:"metadata"`
			}
			if err := yaml.Unmarshal(document, &head); err != nil {
				fmt.Println("deploy:", file, err)
				failed = true
				continue
			}
			object := blank(head.APIVersion + "/" + head.Kind)
			if object == nil {
				continue
			}
			checked++
			if err := yaml.UnmarshalStrict(document, object); err != nil {
				fmt.Println("deploy:", head.Kind, head.Metadata.Name, err)
				failed = true
			}
		}
	}
	fmt.Println("deploy:", checked, "objects of other makers' kinds decoded into their types")
	if failed || checked == 0 {
		os.Exit(1)
	}
}
