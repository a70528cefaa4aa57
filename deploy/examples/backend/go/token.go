package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
)

// Seconds by which clocks may differ.
const leeway = 10 * time.Second

// verifier checks access tokens (RFC 9068) of one issuer for one audience. go-oidc fetches the keys and keeps them.
type verifier struct{ tokens *oidc.IDTokenVerifier }

// caller is who calls, and how they signed in.
type caller struct {
	company     string
	permissions []string
	acr         string
	authTime    time.Time
}

type wantedLogin struct {
	acr    string
	maxAge time.Duration
}

func newVerifier(issuer, audience, keys string) *verifier {
	client := &http.Client{Timeout: 5 * time.Second}
	set := oidc.NewRemoteKeySet(oidc.ClientContext(context.Background(), client), keys)
	return &verifier{oidc.NewVerifier(issuer, set, &oidc.Config{
		ClientID: audience,
		// "none" and shared secrets can never be among them.
		SupportedSigningAlgs: []string{oidc.ES256, oidc.RS256},
	})}
}

func (v *verifier) caller(r *http.Request) (caller, *refusal) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	// RFC 9110 11.1: the name of a scheme is of either case.
	if !strings.EqualFold(scheme, "bearer") || token == "" {
		return caller{}, noToken()
	}
	token = strings.TrimSpace(token)
	// RFC 9068 4: the type keeps an ID token from passing for an access token.
	if kind := strings.ToLower(typ(token)); kind != "at+jwt" && kind != "application/at+jwt" {
		return caller{}, invalid("The token is no access token.")
	}
	verified, err := v.tokens.Verify(r.Context(), token)
	if err != nil {
		return caller{}, invalid("The token is not good.")
	}
	var claims struct {
		Acr      string `json:"acr"`
		AuthTime int64  `json:"auth_time"`
		// A token that is bound to a key is none to be carried by anybody.
		Cnf json.RawMessage `json:"cnf"`
		// What identity-service says of the person stands in ext; nothing a client can ask for or set.
		Ext struct {
			CompanyID   string   `json:"company_id"`
			Permissions []string `json:"permissions"`
		} `json:"ext"`
	}
	if verified.Claims(&claims) != nil || verified.Subject == "" || claims.Cnf != nil {
		return caller{}, invalid("The token is not for everybody who carries it.")
	}
	return caller{claims.Ext.CompanyID, claims.Ext.Permissions, claims.Acr, time.Unix(claims.AuthTime, 0)}, nil
}

// typ is what the token's header says it is, before anything is believed.
func typ(token string) string {
	head, _, _ := strings.Cut(token, ".")
	var header struct {
		Typ string `json:"typ"`
	}
	if raw, err := base64.RawURLEncoding.DecodeString(head); err == nil {
		_ = json.Unmarshal(raw, &header)
	}
	return header.Typ
}

func (c caller) may(permission string) *refusal {
	if slices.Contains(c.permissions, permission) {
		return nil
	}
	return notPermitted(permission)
}

// hasJustProved asks for a login of this class, and not longer ago than so (RFC 9470).
func (c caller) hasJustProved(wanted wantedLogin) *refusal {
	if c.acr == wanted.acr && time.Since(c.authTime) <= wanted.maxAge+leeway {
		return nil
	}
	return signInAgain(wanted)
}
