use std::collections::BTreeSet;

use serde_json::json;

use super::super::compiled::{Compiled, Form, value};
use super::*;

fn filled(text: &str) -> String {
    let data = json!({"Name": "ada lovelace", "Empty": "", "Map": {"a": {"b": 1}}, "List": ["b", "a", "b", ""]});
    Compiled::new(Form::Plain, "t", &[("t", text)]).and_then(|t| t.fill(&value(&data))).unwrap_or_else(|e| e)
}

#[test]
fn each_does_what_sprig_says() {
    for (text, expected) in [
        ("{{ .Name | title }}", "Ada Lovelace"),
        ("{{ \"ABC\" | untitle }} {{ lower \"ABC\" }}", "aBC abc"),
        (
            "{{ trim \"  x \" }}|{{ trimAll \"$\" \"$5$\" }}|{{ trimPrefix \"-\" \"-a\" }}|{{ trimSuffix \"-\" \"a-\" }}",
            "x|5|a|a",
        ),
        ("{{ nospace \"a b c\" }} {{ initials .Name }}", "abc al"),
        ("{{ contains \"love\" .Name }} {{ hasPrefix \"ada\" .Name }} {{ hasSuffix \"x\" .Name }}", "true true false"),
        ("{{ .Name | replace \"a\" \"o\" }} {{ repeat 3 \"ab\" }}", "odo loveloce ababab"),
        ("{{ trunc 3 .Name }} {{ trunc -3 .Name }} {{ abbrev 6 .Name }} {{ substr 0 3 .Name }}", "ada ace ada... ada"),
        ("{{ cat 1 \"a\" true }} {{ quote \"a\" 1 }} {{ squote \"a\" }}", "1 a true \"a\" \"1\" 'a'"),
        ("{{ indent 2 \"a\\nb\" }}|{{ nindent 1 \"c\" }}", "  a\n  b|\n c"),
        ("{{ plural \"one\" \"many\" 1 }} {{ plural \"one\" \"many\" 2 }}", "one many"),
        (
            "{{ snakecase \"FirstName\" }} {{ kebabcase \"FirstName\" }} {{ camelcase \"first_name\" }}",
            "first_name first-name FirstName",
        ),
        ("{{ b64enc \"a\" }} {{ b64dec \"YQ==\" }} {{ toString 5 }}", "YQ== a 5"),
        ("{{ splitList \",\" \"a,b\" | join \"-\" }} {{ join \"-\" \"a\" }}", "a-b a"),
        ("{{ .Empty | default \"x\" }} {{ default \"x\" .Name }} {{ empty .Empty }}", "x ada lovelace true"),
        (
            "{{ coalesce .Empty \"y\" }} {{ ternary 1 2 true }} {{ true | ternary 1 2 }}{{ false | ternary 1 2 }}",
            "y 1 12",
        ),
        (
            "{{ list 1 2 3 | rest }} {{ initial (list 1 2) }} {{ first (list 1 2) }} {{ last (list 1 2) }}",
            "[2 3] [1] 1 2",
        ),
        (
            "{{ append (list 1) 2 }} {{ prepend (list 1) 2 }} {{ reverse (list 1 2) }} {{ has 1 (list 1) }}",
            "[1 2] [2 1] [2 1] true",
        ),
        ("{{ uniq .List | compact }} {{ sortAlpha (list \"b\" \"a\") }}", "[b a] [a b]"),
        (
            "{{ $d := dict \"a\" 1 }}{{ get $d \"a\" }} {{ hasKey $d \"b\" }} {{ keys $d }} {{ values $d }}",
            "1 false [a] [1]",
        ),
        (
            "{{ dig \"a\" \"b\" 0 .Map }} {{ dig \"a\" \"c\" 0 .Map }} {{ toJson .Map }} {{ kindOf 1 }}",
            "1 0 {\"a\":{\"b\":1}} int",
        ),
        ("{{ add 1 2 3 }} {{ add1 1 }} {{ sub 3 1 }} {{ mul 2 3 }} {{ div 7 2 }} {{ mod 7 2 }}", "6 2 2 6 3 1"),
        ("{{ max 1 3 2 }} {{ min 2 1 }} {{ floor 1.5 }} {{ ceil 1.5 }} {{ round 1.234 2 }}", "3 1 1 2 1.23"),
        (
            "{{ int \"7\" }} {{ int64 1.9 }} {{ atoi \"x\" }} {{ float64 \"1.5\" }} {{ range until 3 }}{{ . }}{{ end }}",
            "7 1 0 1.5 012",
        ),
    ] {
        assert_eq!(filled(text), expected, "{text}");
    }
}

#[test]
fn faults_are_told() {
    for (text, told) in [
        ("{{ div 1 0 }}", "div: by nothing"),
        ("{{ upper }}", "upper"),
        ("{{ first 5 }}", "list"),
        ("{{ get 5 \"a\" }}", "map"),
        ("{{ b64dec \"?\" }}", "base64"),
    ] {
        assert!(filled(text).contains(told), "{text}: {}", filled(text));
    }
}

#[test]
fn no_function_has_two_names() {
    let names = names();
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
}
