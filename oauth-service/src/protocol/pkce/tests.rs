use proptest::prelude::*;

use super::*;

/// The pair of RFC 7636 appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

#[test]
fn the_pair_of_the_rfc_fits() {
    let challenge = CodeChallenge::of_request(Some(CHALLENGE), Some("S256")).unwrap().unwrap();
    assert!(challenge.is_met_by(VERIFIER));
    assert!(!challenge.is_met_by(CHALLENGE));
    assert!(!challenge.is_met_by(""));
}

#[test]
fn plain_and_malformed_challenges_are_refused() {
    let parse = CodeChallenge::of_request;
    assert_eq!(parse(None, None), Ok(None));
    assert_eq!(parse(Some(CHALLENGE), None), Err(ChallengeError::Method));
    assert_eq!(parse(Some(CHALLENGE), Some("plain")), Err(ChallengeError::Method));
    assert_eq!(parse(Some(CHALLENGE), Some("s256")), Err(ChallengeError::Method));
    assert_eq!(parse(None, Some("S256")), Err(ChallengeError::MethodAlone));
    for text in ["short", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM=", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM"]
    {
        assert_eq!(parse(Some(text), Some("S256")), Err(ChallengeError::Malformed), "{text}");
    }
}

#[test]
fn verifiers_have_43_to_128_unreserved_characters() {
    assert!(is_verifier(&"a".repeat(43)));
    assert!(is_verifier(&"~".repeat(128)));
    assert!(!is_verifier(&"a".repeat(42)));
    assert!(!is_verifier(&"a".repeat(129)));
    assert!(!is_verifier(&format!("{}+", "a".repeat(43))));
}

proptest! {
    #[test]
    fn only_the_right_verifier_meets_a_challenge(right in "[A-Za-z0-9._~-]{43,128}", wrong in ".{0,130}") {
        let hash = URL_SAFE_NO_PAD.encode(openssl::sha::sha256(right.as_bytes()));
        let challenge = CodeChallenge::parse(&hash).unwrap();
        prop_assert!(challenge.is_met_by(&right));
        prop_assert_eq!(challenge.is_met_by(&wrong), wrong == right);
    }
}
