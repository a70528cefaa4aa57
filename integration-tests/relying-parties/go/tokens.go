// What this relying party believes of what it is sent, and what not.
package main

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"golang.org/x/oauth2"
)

// signatures has ID tokens and userinfo signed by each algorithm.
func signatures() error {
	for _, alg := range []string{oidc.RS256, oidc.PS256, oidc.ES256, oidc.ES384, oidc.ES512, oidc.EdDSA} {
		p, err := newParty(object{"token_endpoint_auth_method": "none", "id_token_signed_response_alg": alg, "userinfo_signed_response_alg": alg}, "")
		if err != nil {
			return err
		}
		_, raw, err := p.signIn()
		if err != nil {
			return fmt.Errorf("%s: %w", alg, err)
		}
		parsed, err := jwt.ParseSigned(raw, []jose.SignatureAlgorithm{jose.SignatureAlgorithm(alg)})
		if err != nil || parsed.Headers[0].Algorithm != alg {
			return fmt.Errorf("%s: %v %v", alg, parsed, err)
		}
	}
	return nil
}

// frontChannel verifies what comes in the fragment.
func frontChannel() error {
	for _, kind := range []string{"id_token", "id_token token", "code id_token", "code id_token token"} {
		p, err := newParty(object{"client_secret": secret, "response_types": []string{kind}, "grant_types": []string{"authorization_code", "implicit", "refresh_token"}}, secret)
		if err != nil {
			return err
		}
		r := p.prepare(oauth2.SetAuthURLParam("response_type", kind))
		back, err := login(r.url)
		if err != nil {
			return err
		}
		idToken, err := p.verify(back.Get("id_token"), r.nonce)
		if err != nil {
			return fmt.Errorf("%s: %w in %v", kind, err, back)
		}
		if access := back.Get("access_token"); access != "" {
			token := &oauth2.Token{AccessToken: access, TokenType: back.Get("token_type")}
			if err := first(idToken.VerifyAccessToken(access), p.person(token)); err != nil {
				return fmt.Errorf("%s: %w", kind, err)
			}
		}
		if code := back.Get("code"); code != "" {
			token, err := p.config.Exchange(ctx, code, oauth2.VerifierOption(r.verifier))
			if err != nil {
				return fmt.Errorf("%s: %w", kind, err)
			}
			if err := p.person(token); err != nil {
				return err
			}
		}
	}
	return nil
}

// keysFollowOneAnother: a verifier that has the old key fetches the new one, and believes both.
func keysFollowOneAnother() error {
	p, err := newParty(object{"token_endpoint_auth_method": "none"}, "")
	if err != nil {
		return err
	}
	_, before, err := p.signIn()
	if err != nil {
		return err
	}
	var made jose.JSONWebKeySet
	if err := admin("/keys/hydra.openid.id-token", object{"alg": "RS256", "use": "sig", "kid": "the key after"}, &made); err != nil {
		return err
	}
	_, after, err := p.signIn()
	if err != nil {
		return err
	}
	_, err = p.verifier.Verify(ctx, before)
	parsed, unread := jwt.ParseSigned(after, []jose.SignatureAlgorithm{jose.RS256})
	return first(err, unread, equal(parsed.Headers[0].KeyID, "the key after", "kid"))
}

func logsOut() error {
	heard := make(chan string, 1)
	ear, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer ear.Close()
	go http.Serve(ear, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { heard <- r.PostFormValue("logout_token") }))
	bye := told.Callback[:len(told.Callback)-len("callback")] + "bye"
	p, err := newParty(object{
		"token_endpoint_auth_method": "none", "post_logout_redirect_uris": []string{bye}, "backchannel_logout_uri": "http://" + ear.Addr().String(),
	}, "")
	if err != nil {
		return err
	}
	_, raw, err := p.signIn()
	if err != nil {
		return err
	}
	var known struct {
		EndSession string `json:"end_session_endpoint"`
	}
	if err := p.provider.Claims(&known); err != nil {
		return err
	}
	form := url.Values{"id_token_hint": {raw}, "post_logout_redirect_uri": {bye}, "state": {"a-state-of-ours"}}
	came, err := ask(object{"logout": known.EndSession + "?" + form.Encode()})
	if err := first(err, equal(came.URL, bye+"?state=a-state-of-ours", "where logout ends")); err != nil {
		return err
	}
	select {
	case token := <-heard:
		logout, err := p.verifier.VerifyLogout(ctx, token)
		if err != nil {
			return err
		}
		var login struct{ Sid string }
		idToken, err := p.verifier.Verify(ctx, raw)
		if err := first(err, idToken.Claims(&login), equal(logout.SessionID, login.Sid, "sid"), equal(logout.Subject, told.Subject, "sub")); err != nil {
			return err
		}
		_, wrong := p.verifier.VerifyLogout(ctx, raw)
		return refused(wrong, "event")
	case <-time.After(10 * time.Second):
		return fmt.Errorf("no logout token came")
	}
}

// tampered: what the server did not say is refused.
func tampered() error {
	p, err := newParty(object{"token_endpoint_auth_method": "none"}, "")
	if err != nil {
		return err
	}
	_, wrongIssuer := oidc.NewProvider(ctx, told.Issuer[:len(told.Issuer)-1])
	r := p.prepare()
	back, err := login(r.url)
	if err != nil {
		return err
	}
	_, wrongVerifier := p.config.Exchange(ctx, back.Get("code"), oauth2.VerifierOption(oauth2.GenerateVerifier()))
	_, raw, err := p.signIn()
	if err != nil {
		return err
	}
	_, wrongNonce := p.verify(raw, "another")
	check := func(issuer, client string, algs ...string) error {
		keys := oidc.NewRemoteKeySet(ctx, told.Issuer+".well-known/jwks.json")
		_, err := oidc.NewVerifier(issuer, keys, &oidc.Config{ClientID: client, SupportedSigningAlgs: algs}).Verify(ctx, raw)
		return err
	}
	idToken, err := p.verifier.Verify(ctx, raw)
	if err != nil {
		return err
	}
	_, forged := p.verifier.Verify(ctx, raw[:len(raw)-8]+"AAAAAAAA")
	return first(
		refused(wrongIssuer, "issuer"),
		refused(wrongVerifier, "invalid_grant"),
		refused(wrongNonce, "nonce"),
		check(told.Issuer, p.config.ClientID),
		refused(check("https://evil.example", p.config.ClientID), "issued by a different provider"),
		refused(check(told.Issuer, "another"), "audience"),
		refused(check(told.Issuer, p.config.ClientID, oidc.ES256), "signature algorithm"),
		refused(idToken.VerifyAccessToken("another"), "hash"),
		refused(forged, "signature"),
	)
}
