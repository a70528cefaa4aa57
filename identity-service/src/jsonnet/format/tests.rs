use super::*;
use crate::jsonnet::{evaluate::evaluate, frame::Request};

fn laid(text: &str) -> String {
    let laid = format("a.jsonnet", text).unwrap();
    assert_eq!(format("a.jsonnet", &laid).unwrap(), laid, "what is laid out stays as it is");
    laid
}

#[test]
fn blanks_quotes_and_commas() {
    for (text, wanted) in [
        ("{a:1,b::2,c+:{x:-1}}", "{ a: 1, b:: 2, c+: { x: -1 } }\n"),
        ("[1,2,3,]", "[1, 2, 3]\n"),
        ("{\"a\":\"it's\",'b-c':\"d\"}", "{ a: \"it's\", 'b-c': 'd' }\n"),
        ("'a\\'b'", "\"a'b\"\n"),
        ("\"say \\\"it\\\"\"", "'say \"it\"'\n"),
        ("@\"a\\b\"", "@\"a\\b\"\n"),
        (
            "{a:self[\"b\"],c:self['d e'],b:1,'d e':2,\"if\":3}",
            "{ a: self.b, c: self['d e'], b: 1, 'd e': 2, 'if': 3 }\n",
        ),
        ("local f(x,y=1)=x+y; f(1,y=2)", "local f(x, y=1) = x + y; f(1, y=2)\n"),
        ("std.map(function(x)[x],[1,2,3][1:])", "std.map(function(x) [x], [1, 2, 3][1:])\n"),
        ("!(1==2)&&- 1<-2||~3!=4", "!(1 == 2) && -1 < -2 || ~3 != 4\n"),
        ("assert 1==1:'odd';{assert self.a:'no',a:true}", "assert 1 == 1 : 'odd'; { assert self.a : 'no', a: true }\n"),
        ("{[k]:v for k in['a']for v in[1]if v>0}", "{ [k]: v for k in ['a'] for v in [1] if v > 0 }\n"),
        ("# why\n1 # so\n/* and */", "// why\n1  // so\n/* and */\n"),
        ("{}+{ }+{a:[ ]}{b:2}", "{} + {} + { a: [] } { b: 2 }\n"),
    ] {
        assert_eq!(laid(text), wanted, "{text}");
    }
}

#[test]
fn lines() {
    let text = r#"
local claims=std.extVar("claims");   # whose
local base =
      { one: 1 };



{ identity:
    { traits: {
        // proven ones alone
        [if "email" in claims && claims.email_verified then "email"]: claims.email,
        "name": claims["name"], list:[1,
        2] },
      role: if claims.admin then
      'admin'
      else if claims.buyer then 'buyer'
        else
      null,
      sum: 1 +
        2,
      text: |||
          two
            lines
      |||,
      call: std.foldl(function(a, b) a + b, [
        1 ],
      0),
    } + base
}"#;
    let wanted = r"local claims = std.extVar('claims');  // whose
local base =
  { one: 1 };


{
  identity:
    {
      traits: {
        // proven ones alone
        [if 'email' in claims && claims.email_verified then 'email']: claims.email,
        name: claims.name,
        list: [
          1,
          2,
        ],
      },
      role: if claims.admin then
        'admin'
      else if claims.buyer then 'buyer'
      else
        null,
      sum: 1 +
           2,
      text: |||
        two
          lines
      |||,
      call: std.foldl(function(a, b) a + b,
                      [
                        1,
                      ],
                      0),
    } + base,
}
";
    assert_eq!(laid(text), wanted);
}

#[test]
fn it_means_what_it_meant() {
    let value = |text: &str| {
        let claims =
            r#"{"email": "a@example.org", "email_verified": true, "name": "A", "admin": false, "buyer": true}"#;
        let vars = [("claims".to_owned(), claims.to_owned())].into();
        let request = Request { name: "a".to_owned(), text: text.to_owned(), vars, args: [].into() };
        evaluate(&request).ok()
    };
    for text in [
        "local c=std.extVar('claims');{a:c[\"email\"],'b':[x*2 for x in[1,2,]if x>1],\"c\":\"it's \\\"so\\\"\",d+:{e:-1}}",
        "{t:|||\n    a\n      b\n\n    c\n|||,u:@'x\\y',v:1-(-1),w:!true}",
        "local f(x,y=2)=x-y;{a:f(1,y=3),b:(function(x)-x)(1),c:{x:1}+{x:super.x+1},d:'\\\\\\'q'}",
        "local a=1,\nb=a+1;\n[a,b][1:],",
    ] {
        let Some(before) = value(text) else { continue };
        assert_eq!(value(&laid(text)), Some(before), "{text}");
    }
}

#[test]
fn what_is_no_jsonnet_is_left_alone() {
    for text in ["{ a: }", "'no end", "{ a: 1", "1 2", ""] {
        assert!(format("a.jsonnet", text).unwrap_err().contains("a.jsonnet:"), "{text}");
    }
}
