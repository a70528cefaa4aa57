use proptest::prelude::*;

use super::*;

#[test]
fn the_five_words_are_known() {
    let prompt = Prompt::parse("login consent select_account registration").unwrap();
    assert!(prompt.login && prompt.consent && prompt.select_account && prompt.registration);
    assert!(Prompt::parse("none").unwrap().none);
    assert_eq!(Prompt::parse("").unwrap(), Prompt::default());
    assert_eq!(Prompt::parse("create"), Err(PromptError::Unknown));
    assert_eq!(Prompt::parse("None"), Err(PromptError::Unknown));
}

#[test]
fn none_stands_alone() {
    assert_eq!(Prompt::parse("none login"), Err(PromptError::NoneWithOthers));
    assert_eq!(Prompt::parse("consent none"), Err(PromptError::NoneWithOthers));
    assert!(Prompt::parse("none none").is_ok());
}

proptest! {
    #[test]
    fn none_never_comes_with_a_question(list in "(none|login|consent|select_account|registration| ){0,5}") {
        if let Ok(prompt) = Prompt::parse(&list) {
            prop_assert!(!(prompt.none && (prompt.wants_fresh_login() || prompt.consent)));
        }
    }
}
