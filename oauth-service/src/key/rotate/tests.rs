use shared_types::time::GoDuration;

use super::*;

const HOUR: u64 = 3600;

fn rules() -> KeyRotation {
    KeyRotation { interval: GoDuration::from_secs(720 * HOUR), overlap: GoDuration::from_secs(24 * HOUR) }
}

fn at(hours: i64) -> Time {
    Time::from_timestamp(1_800_000_000 + hours * 3600, 0).unwrap()
}

fn key(kid: &str, alg: Alg, begins: i64) -> StoredKey {
    StoredKey {
        set: KeySet::IdToken.name().into(),
        kid: kid.into(),
        alg: alg.as_str().into(),
        sealed: Vec::new(),
        created_at: at(begins),
        signs_from: None,
        made_here: true,
    }
}

fn due(rows: &[StoredKey], hours: i64) -> (usize, Vec<String>) {
    let plan = plan(rows, 3600, rules(), at(hours));
    (plan.make.len(), plan.remove)
}

#[test]
fn a_successor_is_published_a_day_before_it_signs() {
    let rows = [key("a", Alg::Rs256, 0)];
    assert_eq!(due(&rows, 695), (0, vec![]));
    assert_eq!(due(&rows, 696), (1, vec![]));
    let rows = [key("a", Alg::Rs256, 0), key("b", Alg::Rs256, 720)];
    assert_eq!(due(&rows, 700), (0, vec![]), "one successor is enough");
}

#[test]
fn a_key_goes_when_nothing_it_signed_is_good() {
    let rows = [key("a", Alg::Rs256, 0), key("b", Alg::Rs256, 720)];
    assert_eq!(due(&rows, 721), (0, vec![]), "replicas may have signed with it for a moment longer");
    assert_eq!(due(&rows, 722), (0, vec!["a".to_owned()]));
}

#[test]
fn algorithms_rotate_apart_and_what_was_brought_stays() {
    let mut rows = [key("a", Alg::Rs256, 0), key("b", Alg::Rs256, 720), key("c", Alg::Es256, 700)];
    assert_eq!(due(&rows, 722), (0, vec!["a".to_owned()]));
    rows[0].made_here = false;
    assert_eq!(due(&rows, 722), (0, vec![]));
    assert_eq!(due(&rows, 700 + 696).0, 1, "only ES256 is due; RS256 not before 1416");
}
