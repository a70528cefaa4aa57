use super::{field::Button, *};
use crate::{
    config::I18n,
    ui::{node::InputType, text::Message, words::Catalogues},
};

fn words_of(tag: &str) -> Words {
    let config = I18n { default_locale: "en".to_owned(), locales_folder: None };
    Catalogues::open(&config).unwrap().words(tag, "2026-03-01T12:00:00Z".parse().unwrap())
}

fn form(nodes: impl IntoIterator<Item = Node>) -> Form {
    let mut container = Container::post("https://id.example.org/x");
    container.put_all(nodes);
    Form::of(&container, &words_of("en"))
}

fn buttons(form: &Form) -> Vec<(&str, bool)> {
    let button = |field| match field {
        &Field::Button(Button { ref id, primary, .. }) => Some((id.as_str(), primary)),
        _ => None,
    };
    form.fields.iter().filter_map(button).collect()
}

fn text(label: &str) -> Message {
    crate::ui::text::label::generated(label, label)
}

#[test]
fn the_button_that_goes_on_is_the_primary_one() {
    let form = form([
        Node::submit(Group::Profile, "screen", "previous", text("Back")),
        Node::submit(Group::Code, "method", "code", text("Continue")),
        Node::submit(Group::Code, "email", "a@example.org", text("Resend")),
    ]);
    let expected = [("screen-previous", false), ("method-code", true), ("email-resend", false)];
    assert_eq!(buttons(&form), expected);
}

#[test]
fn the_cursor_stands_in_the_first_empty_input() {
    let filled = Node::input(Group::Default, "identifier", InputType::Text).value("ada@example.org");
    let empty = Node::input(Group::Default, "password", InputType::Password);
    let form = form([filled, empty]).focused();
    let focused = form.fields.iter().map(|field| matches!(field, Field::Input(input) if input.autofocus));
    assert_eq!(focused.collect::<Vec<_>>(), [false, true]);
}

#[test]
fn what_an_input_is_described_by() {
    let form =
        form([Node::input(Group::Default, "traits.age", InputType::Number)]).hint("traits.age", "In years".into());
    let Some(Field::Input(input)) = form.fields.first() else { panic!("no input") };
    assert_eq!((input.id.as_str(), input.described_by().as_str()), ("traits-age", "traits-age-hint"));
    assert_eq!(input.label, "Age");
}

#[test]
fn a_form_of_links_sends_nothing() {
    assert!(!form([Node::anchor(Group::Code, "continue", "https://x.example/", text("Go"))]).is_sent());
    assert!(form([Node::hidden(Group::Default, "csrf_token", "x")]).is_sent());
}

#[test]
fn names_in_words() {
    assert_eq!(words("company_id"), "Company id");
    assert_eq!(words(""), "");
}

#[test]
fn whose_account_it_is_can_be_seen() {
    let trait_node = Node::input(Group::Default, "traits.email", InputType::Hidden).value("a@example.org");
    let form = form([
        Node::hidden(Group::Default, "csrf_token", "x"),
        trait_node.autocomplete("email").label(text("E-mail")),
        Node::hidden(Group::Default, "identifier", "a@example.org"),
    ]);
    let shown = form.fields.iter().filter_map(|field| match field {
        Field::Input(input) if input.readonly => Some((input.label.as_str(), input.autocomplete.as_deref())),
        _ => None,
    });
    assert_eq!(shown.collect::<Vec<_>>(), [("E-mail", Some("username")), ("Account", Some("username"))]);
}

#[test]
fn the_enter_key_does_what_most_people_came_for() {
    let provider = Node::submit(Group::Oidc, "provider", "example", text("Example"));
    let code = Node::submit(Group::Code, "method", "code", text("Send a code"));
    let password = Node::submit(Group::Password, "method", "password", text("Sign in"));
    let mut container = Container::post("https://id.example.org/x");
    container.put_all([provider, code, password]);
    let shown = Form::in_order_of_use(&container, &words_of("en"));
    assert_eq!(buttons(&shown), [("method-password", true), ("provider-example", false), ("method-code", false)]);
}

#[test]
fn what_leads_back_stands_below_every_way_on() {
    let mut container = Container::post("https://id.example.org/x");
    container.put_all([
        Node::submit(Group::Passkey, "method", "passkey", text("Sign up with passkey")),
        Node::submit(Group::Code, "method", "code", text("Send code")),
        Node::submit(Group::Password, "method", "password", text("Sign up")),
        Node::submit(Group::Profile, "screen", "previous", text("Back")),
    ]);
    let shown = Form::in_order_of_use(&container, &words_of("en"));
    let expected =
        [("method-password", true), ("method-passkey", false), ("method-code", false), ("screen-previous", false)];
    assert_eq!(buttons(&shown), expected);
}

#[test]
fn nobody_fills_in_what_a_provider_tells() {
    let provider = || Node::submit(Group::Oidc, "provider", "example", text("Example"));
    for (group, method) in
        [(Group::Profile, "profile"), (Group::IdentifierFirst, "identifier_first"), (Group::Code, "code")]
    {
        let mut container = Container::post("https://id.example.org/x");
        container.put_all([provider(), Node::submit(group, "method", method, text("Continue"))]);
        let id = format!("method-{method}");
        assert_eq!(
            buttons(&Form::in_order_of_use(&container, &words_of("en"))),
            [(id.as_str(), true), ("provider-example", false)]
        );
    }
    let mut container = Container::post("https://id.example.org/x");
    container.put_all([provider()]);
    assert_eq!(buttons(&Form::in_order_of_use(&container, &words_of("en"))), [("provider-example", true)]);
}

#[test]
fn of_several_providers_none_stands_out_and_what_takes_away_never_does() {
    let link = |id: &str| Node::submit(Group::Oidc, "link", id, text(id));
    assert_eq!(buttons(&form([link("a"), link("b")])), [("link-a", false), ("link-b", false)]);
    assert_eq!(buttons(&form([link("a")])), [("link-a", true)]);
    let unlink = Node::submit(Group::Totp, "totp_unlink", "true", text("Unlink"));
    assert_eq!(buttons(&form([unlink])), [("totp_unlink-true", false)]);
}
