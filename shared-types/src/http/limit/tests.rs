use super::*;

#[test]
fn a_burst_is_allowed_and_then_refused_for_that_key_alone() {
    let quotas = Quotas::new([("login", Rule { per_second: 0.01, burst: 3 })]);
    for _ in 0..3 {
        quotas.check("login", "a").unwrap();
    }
    let refusal = quotas.check("login", "a").unwrap_err();
    assert!(refusal.seconds() > 50 && refusal.seconds() <= 100, "{refusal}");
    quotas.check("login", "b").unwrap();
    quotas.check("whoami", "a").unwrap();
}

#[test]
fn a_rate_of_zero_switches_off() {
    let quotas = Quotas::new([("login", Rule { per_second: 0.0, burst: 1 })]);
    for _ in 0..100 {
        quotas.check("login", "a").unwrap();
    }
}
