// Reads Envoy's configuration into Envoy's own types: every field known, of its type, and within the bounds its makers gave it.
package main

import (
	"fmt"
	"os"

	bootstrap "github.com/envoyproxy/go-control-plane/envoy/config/bootstrap/v3"
	// What stands in `typed_config`.
	_ "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/ext_authz/v3"
	_ "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/router/v3"
	_ "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	_ "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/tls/v3"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/anypb"
	"sigs.k8s.io/yaml"
)

func main() {
	text, err := os.ReadFile(os.Args[1])
	stop(err)
	json, err := yaml.YAMLToJSONStrict(text)
	stop(err)
	var config bootstrap.Bootstrap
	stop(protojson.Unmarshal(json, &config))
	stop(config.ValidateAll())
	checked := 0
	inside(config.ProtoReflect(), &checked)
	fmt.Println("deploy: Envoy's recipe has the shape of Envoy's own types,", checked, "filters among them")
}

// What is packed is not looked at by the types around it.
func inside(message protoreflect.Message, checked *int) {
	if packed, ok := message.Interface().(*anypb.Any); ok {
		open, err := packed.UnmarshalNew()
		stop(err)
		if bounded, ok := open.(interface{ ValidateAll() error }); ok {
			stop(bounded.ValidateAll())
		}
		*checked++
		inside(proto.Message(open).ProtoReflect(), checked)
		return
	}
	message.Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		switch {
		case field.IsList() && field.Message() != nil:
			for index := 0; index < value.List().Len(); index++ {
				inside(value.List().Get(index).Message(), checked)
			}
		case field.IsMap() && field.MapValue().Message() != nil:
			value.Map().Range(func(_ protoreflect.MapKey, entry protoreflect.Value) bool {
				inside(entry.Message(), checked)
				return true
			})
		case !field.IsMap() && field.Message() != nil:
			inside(value.Message(), checked)
		}
		return true
	})
}

func stop(err error) {
	if err != nil {
		fmt.Println("deploy: Envoy's recipe:", err)
		os.Exit(1)
	}
}
