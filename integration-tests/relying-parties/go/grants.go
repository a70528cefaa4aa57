// How this relying party gets tokens without a browser.
package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"net/url"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
	asserted "golang.org/x/oauth2/jwt"
)

// machine registers a client that acts for itself.
func machine(fields object) (*party, error) {
	body := object{"grant_types": []string{"client_credentials"}, "scope": "read", "redirect_uris": []string{}}
	for name, value := range fields {
		body[name] = value
	}
	return newParty(body, secret, "read")
}

func clientCredentials() error {
	p, err := machine(object{"client_secret": secret})
	if err != nil {
		return err
	}
	config := clientcredentials.Config{ClientID: p.config.ClientID, ClientSecret: secret, TokenURL: p.config.Endpoint.TokenURL, Scopes: []string{"read"}}
	token, err := config.Token(ctx)
	if err != nil {
		return err
	}
	seen, err := introspect(token.AccessToken)
	config.ClientSecret = "another"
	_, wrong := config.Token(ctx)
	return first(err, equal(seen.Scope, "read", "scope"), equal(seen.Active, true, "active"), refused(wrong, "invalid_client"))
}

func privateKeyJwt() error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	keys := jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: "mine", Algorithm: "ES256", Use: "sig"}}}
	p, err := machine(object{"token_endpoint_auth_method": "private_key_jwt", "token_endpoint_auth_signing_alg": "ES256", "jwks": keys})
	if err != nil {
		return err
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: key, KeyID: "mine"}}, nil)
	if err != nil {
		return err
	}
	claims := jwt.Claims{
		Issuer: p.config.ClientID, Subject: p.config.ClientID, Audience: jwt.Audience{told.Issuer}, ID: rand.Text(),
		IssuedAt: jwt.NewNumericDate(time.Now()), Expiry: jwt.NewNumericDate(time.Now().Add(time.Minute)),
	}
	assertion, err := jwt.Signed(signer).Claims(claims).Serialize()
	if err != nil {
		return err
	}
	config := clientcredentials.Config{
		ClientID: p.config.ClientID, TokenURL: p.config.Endpoint.TokenURL, Scopes: []string{"read"}, AuthStyle: oauth2.AuthStyleInParams,
		EndpointParams: url.Values{"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}, "client_assertion": {assertion}},
	}
	token, err := config.Token(ctx)
	if err != nil {
		return err
	}
	seen, err := introspect(token.AccessToken)
	_, again := config.Token(ctx)
	return first(err, equal(seen.Active, true, "active"), refused(again, "jti_known"))
}

func device() error {
	p, err := newParty(object{"token_endpoint_auth_method": "none", "grant_types": []string{grant + "device_code", "refresh_token"}}, "")
	if err != nil {
		return err
	}
	begun, err := p.config.DeviceAuth(ctx)
	if err != nil {
		return err
	}
	if _, err := ask(object{"device": begun.VerificationURIComplete, "code": begun.UserCode}); err != nil {
		return err
	}
	token, err := p.config.DeviceAccessToken(ctx, begun)
	if err != nil {
		return err
	}
	raw, _ := token.Extra("id_token").(string)
	_, err = p.verify(raw, "")
	return first(err, p.person(token), p.refresh(token))
}

// asClient adds a client's credentials where the library sends none.
type asClient struct{ id string }

func (c asClient) RoundTrip(request *http.Request) (*http.Response, error) {
	request = request.Clone(request.Context())
	request.SetBasicAuth(url.QueryEscape(c.id), url.QueryEscape(secret))
	return http.DefaultTransport.RoundTrip(request)
}

func assertion() error {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return err
	}
	const issuer = "https://elsewhere.example"
	public := jose.JSONWebKey{Key: key.Public(), KeyID: "theirs", Algorithm: "RS256", Use: "sig"}
	trust := object{"issuer": issuer, "subject": "robot", "scope": []string{"read"}, "expires_at": time.Now().Add(time.Hour).UTC(), "jwk": public}
	var trusted struct{ ID string }
	if err := admin("/trust/grants/jwt-bearer/issuers", trust, &trusted); err != nil {
		return err
	}
	p, err := machine(object{"client_secret": secret, "grant_types": []string{grant + "jwt-bearer"}})
	if err != nil {
		return err
	}
	private := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	config := asserted.Config{
		Email: issuer, Subject: "robot", PrivateKey: private, PrivateKeyID: "theirs", Scopes: []string{"read"},
		TokenURL: p.config.Endpoint.TokenURL, PrivateClaims: map[string]any{"jti": rand.Text()},
	}
	client := context.WithValue(ctx, oauth2.HTTPClient, &http.Client{Transport: asClient{p.config.ClientID}})
	token, err := config.TokenSource(client).Token()
	if err != nil {
		return err
	}
	seen, err := introspect(token.AccessToken)
	config.Subject, config.PrivateClaims = "king", map[string]any{"jti": rand.Text()}
	_, wrong := config.TokenSource(client).Token()
	return first(err, equal(seen.Sub, "robot", "sub"), refused(wrong, "invalid_grant"))
}
