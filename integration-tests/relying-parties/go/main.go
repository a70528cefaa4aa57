// A relying party on Go's go-oidc and x/oauth2: every grant and every way to authenticate the two know, and what they must
// refuse. How it is spoken to: conversation.go.
package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

const (
	secret = "a-secret-with-:+%-and-ü"
	grant  = "urn:ietf:params:oauth:grant-type:"
)

var ctx = context.Background()

// party is one client of the two libraries.
type party struct {
	config   oauth2.Config
	provider *oidc.Provider
	verifier *oidc.IDTokenVerifier
}

func newParty(fields object, clientSecret string, scopes ...string) (*party, error) {
	id, err := register(fields)
	if err != nil {
		return nil, err
	}
	provider, err := oidc.NewProvider(ctx, told.Issuer)
	if err != nil {
		return nil, err
	}
	if len(scopes) == 0 {
		scopes = []string{oidc.ScopeOpenID, oidc.ScopeOfflineAccess, "profile", "email"}
	}
	config := oauth2.Config{ClientID: id, ClientSecret: clientSecret, Endpoint: provider.Endpoint(), RedirectURL: told.Callback, Scopes: scopes}
	return &party{config, provider, provider.Verifier(&oidc.Config{ClientID: id})}, nil
}

// request is one login, with what must come back.
type request struct {
	url, state, nonce, verifier string
}

func (p *party) prepare(more ...oauth2.AuthCodeOption) request {
	r := request{state: rand.Text(), nonce: rand.Text(), verifier: oauth2.GenerateVerifier()}
	options := append([]oauth2.AuthCodeOption{oauth2.S256ChallengeOption(r.verifier), oidc.Nonce(r.nonce)}, more...)
	r.url = p.config.AuthCodeURL(r.state, options...)
	return r
}

// verify believes an ID token of this login.
func (p *party) verify(raw, nonce string) (*oidc.IDToken, error) {
	idToken, err := p.verifier.Verify(ctx, raw)
	if err != nil {
		return nil, err
	}
	return idToken, first(equal(idToken.Nonce, nonce, "nonce"), equal(idToken.Subject, told.Subject, "sub"))
}

// signIn goes from the login to userinfo; the tokens and the ID token as it came.
func (p *party) signIn(more ...oauth2.AuthCodeOption) (*oauth2.Token, string, error) {
	r := p.prepare(more...)
	back, err := login(r.url)
	if err != nil {
		return nil, "", err
	}
	if err := equal(back.Get("state"), r.state, "state"); err != nil {
		return nil, "", fmt.Errorf("%w in %v", err, back)
	}
	token, err := p.config.Exchange(ctx, back.Get("code"), oauth2.VerifierOption(r.verifier))
	if err != nil {
		return nil, "", err
	}
	raw, _ := token.Extra("id_token").(string)
	idToken, err := p.verify(raw, r.nonce)
	if err != nil {
		return nil, "", err
	}
	if err := idToken.VerifyAccessToken(token.AccessToken); err != nil {
		return nil, "", err
	}
	return token, raw, p.person(token)
}

func (p *party) person(token *oauth2.Token) error {
	person, err := p.provider.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil {
		return err
	}
	return first(equal(person.Subject, told.Subject, "sub"), equal(person.Email, told.Email, "email"))
}

// refresh has the library find that the access token is over.
func (p *party) refresh(token *oauth2.Token) error {
	old := *token
	old.Expiry = time.Now().Add(-time.Hour)
	fresh, err := p.config.TokenSource(ctx, &old).Token()
	if err != nil {
		return err
	}
	if fresh.AccessToken == token.AccessToken || fresh.RefreshToken == token.RefreshToken {
		return fmt.Errorf("nothing is fresh about %v", fresh)
	}
	if err := p.person(fresh); err != nil {
		return err
	}
	// Who brings the old one again has stolen it, or has been stolen from.
	_, err = p.config.TokenSource(ctx, &old).Token()
	return refused(err, "invalid_grant")
}

func publicWithPkce() error {
	p, err := newParty(object{"token_endpoint_auth_method": "none"}, "")
	if err != nil {
		return err
	}
	token, _, err := p.signIn()
	if err != nil {
		return err
	}
	return p.refresh(token)
}

func confidential() error {
	styles := map[string]oauth2.AuthStyle{"client_secret_basic": oauth2.AuthStyleInHeader, "client_secret_post": oauth2.AuthStyleInParams}
	for method, style := range styles {
		for _, known := range []oauth2.AuthStyle{style, oauth2.AuthStyleAutoDetect} {
			p, err := newParty(object{"token_endpoint_auth_method": method, "client_secret": secret}, secret)
			if err != nil {
				return err
			}
			p.config.Endpoint.AuthStyle = known
			token, _, err := p.signIn()
			if err != nil {
				return fmt.Errorf("%s: %w", method, err)
			}
			if err := p.refresh(token); err != nil {
				return fmt.Errorf("%s: %w", method, err)
			}
		}
	}
	return nil
}

func main() {
	if err := json.Unmarshal([]byte(os.Args[1]), &told); err != nil {
		panic(err)
	}
	if told.Certificates != nil {
		goThrough([]journey{{"certificates", certificates}})
		return
	}
	goThrough([]journey{
		{"public with PKCE", publicWithPkce},
		{"confidential", confidential},
		{"client_credentials", clientCredentials},
		{"private_key_jwt", privateKeyJwt},
		{"signatures", signatures},
		{"front channel", frontChannel},
		{"device", device},
		{"jwt-bearer", assertion},
		{"keys follow one another", keysFollowOneAnother},
		{"tampered", tampered},
		{"logs out", logsOut},
	})
}
