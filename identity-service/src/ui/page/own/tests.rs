use super::*;
use crate::ui::page::samples::config;

fn made_of(files: &[(&str, &str)], page: &'static str) -> Result<Compiled, String> {
    let files = files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    made(page, &files, &config())
}

fn filled(files: &[(&str, &str)], page: &'static str) -> String {
    let brand = Brand::of(&config());
    let flow = Some(json!({"ui": {"nodes": [{"attributes": {"name": "a<b"}}]}}));
    let told = Told { page, title: "Sign <in>", wrong: false, host: "id.example.org", brand: &brand, flow };
    made_of(files, page).unwrap().fill(&data(SAMPLE, &told)).unwrap()
}

#[test]
fn what_nobody_touches_stays() {
    let page = filled(&[("other.gotmpl", "unused")], "login");
    assert_eq!(Parts::of(&page), Parts::of(SAMPLE));
}

#[test]
fn a_page_may_add_to_a_part_of_ours() {
    let own =
        [("login.gotmpl", "{{define \"main\"}}<p>Partners of {{.brand.name}} only.</p>{{.built_in.main}}{{end}}\n")];
    let page = filled(&own, "login");
    assert!(page.contains("class=\"sheet\">\n<p>Partners of Portico only.</p><h1>A title</h1>"), "{page}");
    assert_eq!(Parts::of(&filled(&own, "settings")), Parts::of(SAMPLE), "no other page is changed");
}

#[test]
fn a_layout_stands_around_every_page_and_a_page_may_differ() {
    let own = [
        ("footer.gotmpl", "<footer>{{.host}} {{.title}}</footer>"),
        (
            "layout.gotmpl",
            "<!doctype html><body class=\"{{.page}}\">{{template \"main\" .}}{{template \"footer.gotmpl\" .}}</body>",
        ),
        ("error.gotmpl", "{{define \"main\"}}<h1>Oh.</h1>{{end}}"),
        ("logout.gotmpl", "{{template \"layout\" .}}"),
    ];
    let login = filled(&own, "login");
    assert_eq!(
        login,
        "<!doctype html><body class=\"login\"><h1>A title</h1><footer>id.example.org Sign &lt;in&gt;</footer></body>"
    );
    assert!(filled(&own, "error").contains("<body class=\"error\"><h1>Oh.</h1><footer>"));
    assert_eq!(Parts::of(&filled(&own, "logout")), Parts::of(SAMPLE), "ours is still there to be had");
}

#[test]
fn a_flow_is_there_to_be_drawn_by_hand() {
    let own = [(
        "login.gotmpl",
        "{{define \"main\"}}{{range .flow.ui.nodes}}<input name=\"{{.attributes.name}}\">{{end}}{{end}}",
    )];
    assert!(filled(&own, "login").contains("<input name=\"a&lt;b\">"));
}

#[test]
fn a_broken_template_is_named_with_its_line() {
    for (text, told) in [
        ("\n{{if}}", "login.gotmpl"),
        ("<p>\n\n{{nothing .}}", ":3: the function nothing is not supported"),
        ("{{template \"nowhere\" .}}", "login.gotmpl"),
    ] {
        let why = made_of(&[("login.gotmpl", text)], "login").err().unwrap_or_else(|| panic!("{text} is taken"));
        assert!(why.contains(told), "{told} is not in {why}");
    }
    let why = made_of(&[("layout.gotmpl", "\n\n\n{{nothing .}}")], "login").unwrap_err();
    assert!(why.contains("layout.gotmpl"), "{why}");
}
