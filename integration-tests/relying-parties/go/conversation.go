// The browser this relying party asks for on the other side of the pipe, the operator who registers its clients, and the list of
// what it went through.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
)

// told is the one argument: where the server is, and whom to expect.
var told struct {
	Issuer, Admin, Key, Callback, Subject, Email string
	// Where the server speaks TLS and asks for them.
	Certificates *struct {
		Authority         string
		Robot, Other, Own papers
	}
}

var answers = bufio.NewReader(os.Stdin)

// object is JSON as it is spoken here.
type object map[string]any

// ask prints a question and reads where that ended.
func ask(question object) (came struct{ URL string }, err error) {
	line, err := json.Marshal(question)
	if err != nil {
		return came, err
	}
	fmt.Println(string(line))
	answer, err := answers.ReadBytes('\n')
	if err != nil {
		return came, fmt.Errorf("nobody answers: %w", err)
	}
	return came, json.Unmarshal(answer, &came)
}

// login opens an authorization request; the parameters of the answer, of its query or of its fragment.
func login(address string) (url.Values, error) {
	came, err := ask(object{"open": address})
	if err != nil {
		return nil, err
	}
	back, err := url.Parse(came.URL)
	if err != nil {
		return nil, err
	}
	if back.Fragment != "" {
		return url.ParseQuery(back.EscapedFragment())
	}
	return back.Query(), nil
}

// call sends one request to the admin API.
func call(path, contentType string, body []byte, answer any) error {
	request, err := http.NewRequest(http.MethodPost, told.Admin+"/admin"+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+told.Key)
	request.Header.Set("Content-Type", contentType)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode >= 300 {
		return fmt.Errorf("%s: %d %s", path, response.StatusCode, text)
	}
	return json.Unmarshal(text, answer)
}

func admin(path string, body object, answer any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	return call(path, "application/json", text, answer)
}

// register makes a client the way an operator does; its id.
func register(fields object) (string, error) {
	body := object{
		"redirect_uris": []string{told.Callback},
		"grant_types":   []string{"authorization_code", "refresh_token"},
		"scope":         "openid offline_access profile email",
	}
	for name, value := range fields {
		body[name] = value
	}
	var client struct {
		ClientID string `json:"client_id"`
	}
	return client.ClientID, admin("/clients", body, &client)
}

// introspect says what a token is worth.
func introspect(token string) (seen struct {
	Active bool
	Sub    string
	Scope  string
	Cnf    map[string]string
}, err error) {
	form := url.Values{"token": {token}}.Encode()
	return seen, call("/oauth2/introspect", "application/x-www-form-urlencoded", []byte(form), &seen)
}

func equal[T comparable](found, wanted T, what string) error {
	if found != wanted {
		return fmt.Errorf("%s: %v, not %v", what, found, wanted)
	}
	return nil
}

// refused wants an error, and that it says why.
func refused(err error, about string) error {
	if err == nil {
		return fmt.Errorf("accepted, though %s", about)
	}
	if !strings.Contains(err.Error(), about) {
		return fmt.Errorf("refused, but not for %s: %w", about, err)
	}
	return nil
}

// first is the first of what went wrong.
func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

type journey struct {
	name string
	walk func() error
}

// goThrough goes through everything and says what became of it.
func goThrough(journeys []journey) {
	done, failed := []string{}, map[string]string{}
	for _, one := range journeys {
		if err := one.walk(); err != nil {
			failed[one.name] = err.Error()
			continue
		}
		done = append(done, one.name)
	}
	line, _ := json.Marshal(object{"done": done, "failed": failed})
	fmt.Println(string(line))
}
