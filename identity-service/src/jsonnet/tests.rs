use serde_json::json;

use super::*;

async fn value(text: &str, inputs: &Inputs) -> Result<Value, JsonnetError> {
    Jsonnet(Place::Here).evaluate(&Snippet::new("test.jsonnet", text), inputs).await
}

#[tokio::test]
async fn outcomes_are_told_apart() {
    let inputs = Inputs::default().var("claims", &json!({"a": [1, null]})).arg("ctx", &json!("x"));
    assert_eq!(value("std.extVar('claims')", &inputs).await.unwrap(), json!({"a": [1, null]}));
    assert_eq!(value("function(ctx) ctx", &inputs).await.unwrap(), json!("x"));
    assert!(matches!(value("error 'cancel'", &inputs).await, Err(JsonnetError::Cancelled)));
    assert!(matches!(value("error 'no'", &inputs).await, Err(JsonnetError::Wrong(why)) if why.contains("error: no")));
    assert!(matches!(value("std.repeat('x', 2000000)", &inputs).await, Err(JsonnetError::OverBudget(_))));
    let deep = "local f(n) = if n == 0 then 1 else [f(n - 1)]; f(200)";
    assert!(matches!(value(deep, &inputs).await, Err(JsonnetError::Wrong(why)) if why.contains("recursion")));
}

#[tokio::test]
async fn what_is_given_has_a_limit() {
    let jsonnet = Jsonnet(Place::Processes(Pool::new(pool::Plan::of(PathBuf::from("/no/such/program")))));
    let inputs = Inputs::default().var("large", &Value::String("x".repeat(9 << 20)));
    let refused = jsonnet.evaluate(&Snippet::new("test.jsonnet", "1"), &inputs).await;
    assert!(matches!(refused, Err(JsonnetError::OverBudget(_))), "{refused:?}");
    jsonnet.stop();
}
