package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

const (
	issuer   = "http://issuer.test/"
	audience = "https://api.partner.example/"
)

type scene struct {
	t   *testing.T
	api string
	key *ecdsa.PrivateKey
}

// begin serves the API, and the keys of an issuer made for the purpose.
func begin(t *testing.T) scene {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	set := jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: "k", Algorithm: "ES256", Use: "sig"}}}
	keys := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _ = json.NewEncoder(w).Encode(set) }))
	t.Cleanup(keys.Close)
	api := httptest.NewServer(routes(newVerifier(issuer, audience, keys.URL)))
	t.Cleanup(api.Close)
	return scene{t, api.URL, key}
}

type claims map[string]any

// token makes a good one, changed as the test wants; nil takes a claim away.
func (s scene) token(typ string, change claims) string {
	now := time.Now().Unix()
	all := claims{
		"iss": issuer, "aud": []string{audience}, "sub": "ada", "iat": now, "nbf": now, "exp": now + 900, "auth_time": now, "acr": "aal1",
		"ext": claims{"company_id": "acme", "permissions": []string{"orders:read", "bank:read"}},
	}
	for name, value := range change {
		if value == nil {
			delete(all, name)
		} else {
			all[name] = value
		}
	}
	return s.signed(jose.SigningKey{Algorithm: jose.ES256, Key: s.key}, typ, all)
}

func (s scene) signed(key jose.SigningKey, typ string, all claims) string {
	options := (&jose.SignerOptions{}).WithType(jose.ContentType(typ)).WithHeader("kid", "k")
	signer, err := jose.NewSigner(key, options)
	if err != nil {
		s.t.Fatal(err)
	}
	token, err := jwt.Signed(signer).Claims(map[string]any(all)).Serialize()
	if err != nil {
		s.t.Fatal(err)
	}
	return token
}

func (s scene) get(path, authorization string) (int, string, string) {
	request, _ := http.NewRequest(http.MethodGet, s.api+path, nil)
	if authorization != "" {
		request.Header.Set("Authorization", authorization)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close()
	body, _ := io.ReadAll(response.Body)
	return response.StatusCode, response.Header.Get("WWW-Authenticate"), string(body)
}

func (s scene) refused(what, token string) {
	s.t.Helper()
	status, challenge, _ := s.get("/orders", "Bearer "+token)
	if status != 401 || !strings.Contains(challenge, `error="invalid_token"`) {
		s.t.Errorf("%s: %d %s", what, status, challenge)
	}
}

func TestAGoodTokenShowsItsOwnCompanysData(t *testing.T) {
	s := begin(t)
	if status, _, body := s.get("/orders", "bearer "+s.token("at+jwt", nil)); status != 200 || !strings.Contains(body, "A-1041") || strings.Contains(body, "G-2207") {
		t.Error(status, body)
	}
	globex := claims{"aud": audience, "ext": claims{"company_id": "globex", "permissions": []string{"orders:read"}}}
	if status, _, body := s.get("/orders", "Bearer "+s.token("at+jwt", globex)); status != 200 || strings.Contains(body, "A-1041") {
		t.Error(status, body)
	}
}

func TestWithoutATokenTheSchemeIsNamedAndNoError(t *testing.T) {
	s := begin(t)
	for _, header := range []string{"", "Basic YTpi"} {
		if status, challenge, _ := s.get("/orders", header); status != 401 || challenge != `Bearer realm="partner-api"` {
			t.Error(status, challenge)
		}
	}
}

func TestATokenThatIsNotGoodIsRefused(t *testing.T) {
	s := begin(t)
	now := time.Now().Unix()
	for what, change := range map[string]claims{
		"another issuer":   {"iss": "http://other.test/"},
		"another audience": {"aud": []string{"https://other.example/"}},
		"no audience":      {"aud": nil},
		"expired":          {"exp": now - 60},
		"endless":          {"exp": nil},
		"not yet":          {"nbf": now + 600},
		"nobody":           {"sub": nil},
		"bound to a key":   {"cnf": claims{"jkt": "a-key"}},
	} {
		s.refused(what, s.token("at+jwt", change))
	}
	s.refused("no JWT", "abc")
	for _, typ := range []string{"JWT", "logout+jwt"} {
		s.refused(typ, s.token(typ, nil))
	}
	other, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	s.refused("another key", scene{t, s.api, other}.token("at+jwt", nil))
	public, _ := json.Marshal(jose.JSONWebKey{Key: s.key.Public()})
	s.refused("a shared secret", s.signed(jose.SigningKey{Algorithm: jose.HS256, Key: public}, "at+jwt", claims{"iss": issuer, "aud": audience, "exp": now + 60, "sub": "ada"}))
	unsigned := s.token("at+jwt", nil)
	s.refused("no signature", unsigned[:strings.LastIndex(unsigned, ".")+1])
}

func TestAMissingPermissionIsNamed(t *testing.T) {
	s := begin(t)
	for _, path := range []string{"/invoices", "/team"} {
		if status, challenge, _ := s.get(path, "Bearer "+s.token("at+jwt", nil)); status != 403 || !strings.Contains(challenge, `error="insufficient_scope"`) {
			t.Error(path, status, challenge)
		}
	}
	// What a client could have put there itself counts for nothing.
	top := claims{"permissions": []string{"team:manage"}, "scope": "team:manage", "ext": claims{}}
	if status, _, _ := s.get("/team", "Bearer "+s.token("at+jwt", top)); status != 403 {
		t.Error(status)
	}
}

func TestAWeakOrOldLoginIsAskedForAgain(t *testing.T) {
	s := begin(t)
	old := time.Now().Unix() - 400
	for _, change := range []claims{{}, {"acr": "aal2", "auth_time": old}, {"acr": "aal2", "auth_time": nil}} {
		status, challenge, _ := s.get("/bank", "Bearer "+s.token("at+jwt", change))
		for _, part := range []string{`error="insufficient_user_authentication"`, `acr_values="aal2"`, `max_age="300"`} {
			if status != 401 || !strings.Contains(challenge, part) {
				t.Error(status, challenge)
			}
		}
	}
	if status, _, _ := s.get("/bank", "Bearer "+s.token("at+jwt", claims{"acr": "aal2"})); status != 200 {
		t.Error(status)
	}
}
