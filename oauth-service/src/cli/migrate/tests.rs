use super::*;

fn words(list: &[&str]) -> anyhow::Result<(Action, Option<String>)> {
    parse(&list.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>())
}

#[test]
fn the_forms_of_both_generations_are_read() {
    assert_eq!(words(&[]).unwrap(), (Action::Up, None));
    assert_eq!(words(&["memory"]).unwrap(), (Action::Up, Some("memory".into())));
    assert_eq!(words(&["up", "memory"]).unwrap(), (Action::Up, Some("memory".into())));
    assert_eq!(words(&["status"]).unwrap(), (Action::Status, None));
    assert!(words(&["down"]).is_err() && words(&["sideways", "memory"]).is_err());
}
