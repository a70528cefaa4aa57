use super::*;

#[test]
fn what_can_be_read_has_no_faults() {
    for text in ["1", "local a = 1; a", "function(unused) 1", "{ local a = self, b: a }", "{ [x]: x for x in ['a'] }"] {
        assert_eq!(lint("a.jsonnet", text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn what_cannot_be_read_is_one_fault() {
    assert_eq!(lint("a.jsonnet", "{ a: 1,, }").len(), 1);
    assert_eq!(lint("a.jsonnet", "local a = 1; b"), ["a.jsonnet:1:14: there is no variable \"b\""]);
    assert!(check("a.jsonnet", "local a = 1; b").is_err());
}

#[test]
fn unused_variables_are_named_in_order() {
    let text = "local a = 1, b = 2;\nlocal c = b;\n{ local d = 1, local e = 2, f: e, g(h): 1 }";
    let why = |line, name| format!("a.jsonnet:{line}: the variable \"{name}\" is not used");
    assert_eq!(lint("a.jsonnet", text), [why("1:7", "a"), why("2:7", "c"), why("3:9", "d")]);
    assert!(check("a.jsonnet", text).is_ok(), "it can be used as it is");
}

#[test]
fn a_variable_is_used_wherever_it_can_be() {
    for used in [
        "[a]",
        "[x for x in a]",
        "[x for x in [1] if a]",
        "[a for x in [1]]",
        "{ [a]: 1 }",
        "{ [k]: a for k in [] }",
        "{ [a]: 1 for k in [] }",
        "{ [k]: z, local z = a for k in [] }",
        "{ assert a }",
        "{ assert true : a }",
        "{ f: a }",
        "{ f(x=a): x }",
        "{ f(): a }",
        "{ local b = a, c: b }",
        "{ local b(x=a) = x, c: b }",
        "a.b",
        "a[1]",
        "[1][a]",
        "[1][a:]",
        "[1][:a]",
        "[1][::a]",
        "a()",
        "std.map(a)",
        "std.map(func=a)",
        "if a then 1",
        "if true then a",
        "if true then 1 else a",
        "1 + a",
        "-a",
        "(a)",
        "a { b: 1 }",
        "{} { b: a }",
        "error a",
        "assert a; 1",
        "local b = a; b",
        "local b() = a; b",
        "function(x=a) x",
        "function() a",
        "{ x: super[a] }",
        "{ x: a in super }",
    ] {
        assert_eq!(lint("a.jsonnet", &format!("local a = 1; {used}")), Vec::<String>::new(), "{used}");
    }
}

#[test]
fn a_variable_is_not_used_by_another_of_its_name() {
    for hidden in ["local a = 1; local a = 2; a", "local a = 1; function(a) a", "local a = 1; [a for a in []]"] {
        assert_eq!(lint("a.jsonnet", hidden), ["a.jsonnet:1:7: the variable \"a\" is not used"], "{hidden}");
    }
}
