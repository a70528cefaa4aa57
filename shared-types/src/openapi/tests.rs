use super::*;

fn plain(text: &str) -> Option<Value> {
    shape(text, &|_| None)
}

#[test]
fn shapes_of_every_kind() {
    for (text, schema) in [
        ("text", json!({ "type": "string" })),
        (" int ", json!({ "type": "integer", "format": "int64" })),
        ("[uuid]", json!({ "type": "array", "items": { "type": "string", "format": "uuid" } })),
        ("map bool", json!({ "type": "object", "additionalProperties": { "type": "boolean" } })),
        ("in 'a', 'b'", json!({ "type": "string", "enum": ["a", "b"] })),
        ("@session", json!({ "$ref": "#/components/schemas/session" })),
        ("time?", json!({ "type": "string", "format": "date-time", "nullable": true })),
        ("@session?", json!({ "allOf": [{ "$ref": "#/components/schemas/session" }], "nullable": true })),
    ] {
        assert_eq!(plain(text), Some(schema), "{text}");
    }
    for wrong in ["", "txt", "[txt]", "in a", "map", "{ id: txt }", "{ id }"] {
        assert_eq!(plain(wrong), None, "{wrong}");
    }
}

#[test]
fn members_are_described_and_marked() {
    let about = |name: &str| (name == "by").then_some("Who did it.");
    let schema = shape("{ id!: uuid; by: @person }", &about).unwrap();
    assert_eq!(schema["required"], json!(["id"]));
    assert_eq!(schema["properties"]["by"]["description"], "Who did it.");
    assert_eq!(schema["properties"]["by"]["allOf"], json!([reference("person")]));
    let nested = plain("{ login: { acr: text; at: time }; id!: int }").unwrap();
    assert_eq!(nested["properties"]["login"]["properties"]["at"], plain("time").unwrap());
    assert_eq!(nested["required"], json!(["id"]));
    let query = fields("page_size: int; ids!: [text]");
    let read: Vec<_> = query.iter().map(|field| (field.name, field.required, field.shape.is_some())).collect();
    assert_eq!(read, [("page_size", false, true), ("ids", true, true)]);
}
