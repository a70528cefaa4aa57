use serde_json::json;

use super::*;

fn plain(text: &str) -> Result<String, String> {
    filled(Form::Plain, text)
}

fn filled(form: Form, text: &str) -> Result<String, String> {
    let data = json!({
        "Name": "Ada <b>", "Link": "https://id.example.org/?a=1&b=2", "Bad": "javascript:alert(1)", "Minutes": 60,
        "Items": ["a", "b"], "Nested": {"email": "ada@example.org"}, "Nothing": null,
    });
    Compiled::new(form, "main", &[("main", text)])?.fill(&value(&data))
}

#[test]
fn the_language() {
    for (text, expected) in [
        ("{{ .Name }}", "Ada <b>"),
        ("{{- /* nothing */ -}} x", "x"),
        ("{{ if gt .Minutes 59 }}long{{ else }}short{{ end }}", "long"),
        ("{{ with .Nothing }}{{ . }}{{ else }}none{{ end }}", "none"),
        ("{{ range $i, $x := .Items }}{{ $i }}{{ $x }}{{ end }}", "0a1b"),
        ("{{ define \"x\" }}<{{ . }}>{{ end }}{{ template \"x\" .Nested.email }}", "<ada@example.org>"),
        ("{{ block \"y\" .Items }}{{ len . }}{{ end }}", "2"),
        ("{{ printf \"%03d|%s\" .Minutes .Name }}", "060|Ada <b>"),
        ("{{ index .Nested \"email\" | upper }}", "ADA@EXAMPLE.ORG"),
        ("{{ .Nested.phone }}", "<no value>"),
    ] {
        assert_eq!(plain(text).as_deref(), Ok(expected), "{text}");
    }
}

/// What stands in a mail with markup is escaped by where it stands.
#[test]
fn markup_is_escaped_by_its_place() {
    for (text, expected) in [
        ("<p>{{ .Name }}</p>", "<p>Ada &lt;b&gt;</p>"),
        ("<a href=\"{{ .Link }}\">x</a>", "<a href=\"https://id.example.org/?a=1&amp;b=2\">x</a>"),
        ("<a href=\"{{ .Bad }}\">x</a>", "<a href=\"#ZgotmplZ\">x</a>"),
        ("<a href=\"/?n={{ .Name }}\">x</a>", "<a href=\"/?n=Ada%20%3cb%3e\">x</a>"),
    ] {
        assert_eq!(filled(Form::Html, text).as_deref(), Ok(expected), "{text}");
    }
}

#[test]
fn faults_are_named_with_their_place() {
    for (text, told) in [
        ("a\n{{ .Name", "main:2"),
        ("a\n\n{{ if .Nothing }}{{ genPrivateKey \"rsa\" }}{{ end }}", "main:3: the function genPrivateKey"),
        ("{{ define \"x\" }}{{ range .Items }}{{ env \"HOME\" }}{{ end }}{{ end }}", "the function env"),
        ("{{ template \"y\" (now) }}", "the function now"),
        ("{{ template \"nowhere\" . }}", "nowhere"),
        ("{{ fail \"no\" }}", "no"),
    ] {
        let error = plain(text).unwrap_err();
        assert!(error.contains(told), "{text}: {error}");
    }
}

#[test]
fn what_a_text_may_do_is_bounded() {
    let endless = "{{ define \"x\" }}{{ template \"x\" . }}{{ end }}{{ template \"x\" . }}";
    assert!(plain(endless).unwrap_err().contains("recursion"));
    let turns = "{{ range 1000 }}{{ range 1000 }}{{ end }}{{ end }}";
    assert!(plain(turns).unwrap_err().contains("range"));
    let long = "{{ range 90000 }}ten bytes.{{ end }}";
    assert!(plain(long).unwrap_err().contains("longer"));
    assert!(plain("{{ repeat 1000000 \"long\" }}").unwrap_err().contains("too long"));
}

#[test]
fn files_use_each_other_by_name() {
    let files = [
        ("email.body.de.gotmpl", "{{ define \"hello\" }}Hallo {{ .Name }}{{ end }}[{{ .Name }}]"),
        ("email.body.gotmpl", "{{ template \"hello\" . }} {{ template \"email.body.de.gotmpl\" . }}"),
    ];
    let compiled = Compiled::new(Form::Html, "email.body.gotmpl", &files).unwrap();
    assert_eq!(compiled.fill(&value(&json!({"Name": "Ada"}))).as_deref(), Ok("Hallo Ada [Ada]"));
}
