use proptest::prelude::*;
use serde_json::json;

use super::{Container, Group, InputType, Node, order::Order, trait_nodes};
use crate::ui::text::{label, validation};

fn keys(nodes: &[Node]) -> Vec<&str> {
    nodes.iter().map(Node::key).collect()
}

fn owned(keys: &[&str]) -> Vec<String> {
    keys.iter().map(|key| (*key).to_owned()).collect()
}

const REGISTRATION: &[Group] = &[Group::Default, Group::Code, Group::Password, Group::Profile];

#[test]
fn an_input_is_written_as_clients_expect_it() {
    let node = Node::input(Group::Password, "password", InputType::Password)
        .required()
        .autocomplete("current-password")
        .label(label::password());
    assert_eq!(
        serde_json::to_value(&node).unwrap(),
        json!({
            "type": "input", "group": "password", "messages": [],
            "attributes": {"name": "password", "type": "password", "required": true,
                "autocomplete": "current-password", "disabled": false, "node_type": "input"},
            "meta": {"label": {"id": 1_070_001, "text": "Password", "type": "info"}},
        })
    );
}

#[test]
fn nodes_come_back_from_storage_as_they_were() {
    let mut form = Container::post("https://id.example.org/self-service/login?flow=1");
    form.put(Node::hidden(Group::Default, "csrf_token", ""));
    form.put(Node::anchor(Group::Code, "continue", "https://app.example.org/", label::continue_on()));
    let stored = serde_json::to_string(&form).unwrap();
    assert_eq!(serde_json::from_str::<Container>(&stored).unwrap(), form);
}

#[test]
fn putting_replaces_in_place_whatever_the_group_and_repeats_buttons() {
    let mut form = Container::post("x");
    form.put(Node::input(Group::Default, "a", InputType::Text));
    form.put(Node::input(Group::Default, "b", InputType::Text));
    form.put(Node::hidden(Group::Password, "a", "1"));
    form.put(Node::submit(Group::Code, "method", "code", label::continue_on()));
    form.put(Node::hidden(Group::Code, "method", "code"));
    assert_eq!(keys(&form.nodes), ["a", "b", "method", "method"]);
    assert_eq!(form.nodes[0].group, Group::Password);
}

#[test]
fn a_message_without_a_node_makes_one() {
    let mut form = Container::post("x");
    form.tell("traits.age", validation::required("age"));
    assert_eq!(keys(&form.nodes), ["traits.age"]);
    assert!(form.has_errors());
    form.clear_messages();
    assert!(!form.has_errors());
}

#[test]
fn one_step_registration_mixes_default_and_password() {
    let order = owned(&["csrf_token", "traits.username", "password", "traits.foobar"]);
    let mut nodes = vec![
        Node::input(Group::Password, "password", InputType::Password),
        Node::submit(Group::Password, "method", "password", label::continue_on()),
        Node::input(Group::Default, "traits.foobar", InputType::Text),
        Node::input(Group::Default, "traits.username", InputType::Text),
        Node::hidden(Group::Default, "csrf_token", ""),
    ];
    Order { groups: REGISTRATION, keys: &order }.apply(&mut nodes);
    assert_eq!(keys(&nodes), ["csrf_token", "traits.username", "password", "traits.foobar", "method"]);
}

#[test]
fn an_unlisted_group_goes_first() {
    let mut nodes = vec![
        Node::hidden(Group::Default, "csrf_token", ""),
        Node::submit(Group::Link, "method", "link", label::continue_on()),
    ];
    Order { groups: REGISTRATION, keys: &[] }.apply(&mut nodes);
    assert_eq!(nodes[0].group, Group::Link);
}

#[test]
fn traits_become_inputs_in_schema_order() {
    let schema = json!({"definitions": {"mail": {"type": "string", "format": "email", "title": "E-mail"}},
    "properties": {"traits": {"type": "object", "required": ["email"], "properties": {
        "email": {"$ref": "#/definitions/mail"},
        "age": {"type": ["integer", "null"]},
        "name": {"type": "object", "properties": {"first": {"type": "string", "maxLength": 9, "pattern": "^A"}}},
        "news": {"type": "boolean", "disableFormField": true},
        "plan": {"type": "string", "enum": ["free", "paid"]},
        "tags": {"type": "array", "items": {"type": "string"}},
        "role": {"type": "string", "portico": {"write": "admin"}},
        "company": {"type": "string", "portico": {"write": "owner_once"}}
    }}}});
    let nodes = trait_nodes(&schema, Group::Default);
    assert_eq!(
        keys(&nodes),
        ["traits.email", "traits.age", "traits.name.first", "traits.news", "traits.plan", "traits.company"]
    );
    let email = nodes[0].as_input().unwrap();
    assert_eq!((email.kind, email.required), (InputType::Email, true));
    assert_eq!(nodes[0].meta.label, Some(label::generated("E-mail", "traits.email")));
    assert_eq!(nodes[2].as_input().unwrap().maxlength, Some(9));
    assert!(nodes[3].as_input().unwrap().disabled);
    assert_eq!(nodes[4].as_input().unwrap().options.len(), 2);
}

#[test]
fn a_schema_that_refers_to_itself_ends() {
    let schema = json!({"definitions": {"a": {"$ref": "#/definitions/a"}},
        "properties": {"traits": {"properties": {"x": {"$ref": "#/definitions/a"}, "y": {"$ref": "#"}}}}});
    assert!(trait_nodes(&schema, Group::Default).is_empty());
}

fn any_node() -> impl Strategy<Value = Node> {
    let group = prop_oneof![
        Just(Group::Default),
        Just(Group::Password),
        Just(Group::Profile),
        Just(Group::Code),
        Just(Group::Link)
    ];
    let name = prop_oneof![Just("method"), Just("csrf_token"), Just("password"), Just("traits.a"), Just("z")];
    (group, name, "[a-c]{0,2}").prop_map(|(group, name, value)| Node::hidden(group, name, value))
}

proptest! {
    #[test]
    fn sorting_loses_nothing_and_is_total_on_one_group(nodes in prop::collection::vec(any_node(), 0..90)) {
        let order = owned(&["csrf_token", "traits.a", "password"]);
        let order = Order { groups: REGISTRATION, keys: &order };
        let mut sorted = nodes.clone();
        order.apply(&mut sorted);
        let print = |nodes: &[Node]| {
            let mut all: Vec<String> = nodes.iter().map(|node| serde_json::to_string(node).unwrap()).collect();
            all.sort();
            all
        };
        prop_assert_eq!(print(&nodes), print(&sorted));

        // Within one group the comparison is an order, so the result must be sorted, and sorting again changes nothing.
        let mut same: Vec<Node> = nodes.into_iter().filter(|node| node.group == Group::Default).collect();
        order.apply(&mut same);
        let mut again = same.clone();
        order.apply(&mut again);
        prop_assert_eq!(&again, &same);
        let values: Vec<&str> = same.iter().map(Node::key).collect();
        let first_method = values.iter().position(|key| *key == "method").unwrap_or(values.len());
        prop_assert!(values[first_method..].iter().all(|key| *key == "method"));
    }
}
