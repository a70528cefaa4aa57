package main

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// refusal is how a request is refused: RFC 6750 section 3, and RFC 9470 section 3 for a login that is too weak or too old.
type refusal struct {
	status    int
	code      string
	challenge string
}

// No credentials came: the answer names the scheme and no error.
func noToken() *refusal {
	return &refusal{http.StatusUnauthorized, "unauthorized", `Bearer realm="partner-api"`}
}

func invalid(told string) *refusal {
	return bearer(http.StatusUnauthorized, "invalid_token", told, "")
}

func notPermitted(permission string) *refusal {
	return bearer(http.StatusForbidden, "insufficient_scope", "The permission "+permission+" is needed.", "")
}

func signInAgain(wanted wantedLogin) *refusal {
	more := fmt.Sprintf(`, acr_values="%s", max_age="%d"`, wanted.acr, int(wanted.maxAge.Seconds()))
	return bearer(http.StatusUnauthorized, "insufficient_user_authentication", "A fresher or stronger login is needed.", more)
}

func bearer(status int, code, told, more string) *refusal {
	return &refusal{status, code, fmt.Sprintf(`Bearer realm="partner-api", error="%s", error_description="%s"%s`, code, told, more)}
}

func (r *refusal) write(w http.ResponseWriter) {
	w.Header().Set("WWW-Authenticate", r.challenge)
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(r.status)
	_ = json.NewEncoder(w).Encode(map[string]string{"error": r.code})
}
