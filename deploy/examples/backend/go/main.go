// The API behind the partner portal: what a resource server does with an access token of oauth-service. The same as the one in Rust
// beside it, on the standard library and go-oidc.
//
// token.go decides whether a token is good, refusal.go says no the way the standards want it, and data.go is the API's own business.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

func main() {
	issuer := wanted("ISSUER")
	// Among containers the issuer is reached at another address than the one in its tokens.
	keys := os.Getenv("JWKS_URL")
	if keys == "" {
		keys = strings.TrimRight(issuer, "/") + "/.well-known/jwks.json"
	}
	address := os.Getenv("LISTEN")
	if address == "" {
		address = "127.0.0.1:3001"
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		log.Fatal(err)
	}
	server := &http.Server{Handler: routes(newVerifier(issuer, wanted("API_RESOURCE"), keys)), ReadHeaderTimeout: 10 * time.Second}
	stopping, release := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer release()
	stopped := make(chan struct{})
	go func() {
		<-stopping.Done()
		patience, give := context.WithTimeout(context.Background(), 10*time.Second)
		defer give()
		_ = server.Shutdown(patience)
		close(stopped)
	}()
	log.Printf("partner-api listens on %s", listener.Addr())
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		log.Fatal(err)
	}
	<-stopped
}

func wanted(name string) string {
	value := os.Getenv(name)
	if value == "" {
		log.Fatalf("%s is not set in the environment", name)
	}
	return value
}

// routes is the whole API. A handler gets a caller only with a good token.
func routes(verifier *verifier) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /health", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok")) })
	page := func(path, permission string, login *wantedLogin, data func(company string) any) {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) {
			caller, refusal := verifier.caller(r)
			if refusal == nil {
				refusal = caller.may(permission)
			}
			if refusal == nil && login != nil {
				refusal = caller.hasJustProved(*login)
			}
			if refusal != nil {
				refusal.write(w)
				return
			}
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(data(caller.company))
		})
	}
	page("/orders", "orders:read", nil, orders)
	page("/invoices", "invoices:read", nil, invoices)
	page("/team", "team:manage", nil, team)
	// Two factors, proved within the last five minutes.
	page("/bank", "bank:read", &wantedLogin{acr: "aal2", maxAge: 5 * time.Minute}, bank)
	return mux
}
