// What this relying party does where the server asks for certificates.
package main

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"net/http"
	"os"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

type papers struct{ Cert, Key string }

// showing is the context of somebody who shows a certificate, or none.
func showing(shown *papers) (context.Context, *x509.Certificate, error) {
	authority, err := os.ReadFile(told.Certificates.Authority)
	if err != nil {
		return nil, nil, err
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(authority)
	config := &tls.Config{RootCAs: pool}
	var leaf *x509.Certificate
	if shown != nil {
		pair, err := tls.LoadX509KeyPair(shown.Cert, shown.Key)
		if err != nil {
			return nil, nil, err
		}
		config.Certificates = []tls.Certificate{pair}
		leaf = pair.Leaf
	}
	return oidc.ClientContext(ctx, &http.Client{Transport: &http.Transport{TLSClientConfig: config}}), leaf, nil
}

func certificates() error {
	_, own, err := showing(&told.Certificates.Own)
	if err != nil {
		return err
	}
	keys := jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: own.PublicKey, Certificates: []*x509.Certificate{own}}}}
	robot := object{"token_endpoint_auth_method": "tls_client_auth", "tls_client_auth_subject_dn": "CN=robot,O=Robots"}
	itself := object{"token_endpoint_auth_method": "self_signed_tls_client_auth", "jwks": keys}
	return first(
		showsCertificate(&told.Certificates.Robot, robot),
		showsCertificate(&told.Certificates.Own, itself),
	)
}

func showsCertificate(shown *papers, fields object) error {
	fields["grant_types"], fields["scope"] = []string{"client_credentials"}, "read"
	fields["tls_client_certificate_bound_access_tokens"] = true
	id, err := register(fields)
	if err != nil {
		return err
	}
	fetch := func(shown *papers) (*oauth2.Token, *x509.Certificate, error) {
		client, leaf, err := showing(shown)
		if err != nil {
			return nil, nil, err
		}
		provider, err := oidc.NewProvider(client, told.Issuer)
		if err != nil {
			return nil, nil, err
		}
		config := clientcredentials.Config{ClientID: id, TokenURL: provider.Endpoint().TokenURL, AuthStyle: oauth2.AuthStyleInParams}
		token, err := config.Token(client)
		return token, leaf, err
	}
	token, leaf, err := fetch(shown)
	if err != nil {
		return err
	}
	digest := sha256.Sum256(leaf.Raw)
	seen, err := introspect(token.AccessToken)
	_, _, nobody := fetch(nil)
	_, _, other := fetch(&told.Certificates.Other)
	return first(
		err,
		equal(seen.Cnf["x5t#S256"], base64.RawURLEncoding.EncodeToString(digest[:]), "cnf"),
		refused(nobody, "invalid_client"),
		refused(other, "invalid_client"),
	)
}
