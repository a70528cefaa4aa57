use shared_types::{
    entropy::SystemEntropy,
    seal::Sealer,
    secret::Secret,
    time::{Clock as _, SystemClock},
};

use super::*;
use crate::model::key::StoredKey;

fn sealer(text: &str) -> Sealer {
    Sealer::new(&[Secret::new(text.to_owned())])
}

fn row(alg: Alg, sealer: &Sealer) -> StoredKey {
    let jwk = jose::pair(alg, 2048, "k1").unwrap();
    let column = sealer.seal("key hydra.openid.id-token k1", &SystemEntropy, jwk.to_string().as_bytes());
    StoredKey {
        set: KeySet::IdToken.name().into(),
        kid: "k1".into(),
        alg: alg.as_str().into(),
        sealed: column,
        created_at: SystemClock.now(),
        signs_from: None,
        made_here: true,
    }
}

#[test]
fn a_stored_key_signs_and_its_public_half_verifies() {
    for alg in Alg::ALL {
        let sealer = sealer("a secret of some length");
        let key = generate::open(&sealer, &row(alg, &sealer)).unwrap().unwrap();
        let signature = key.signer.as_ref().unwrap().sign(b"message").unwrap();
        key.verifier.verify(b"message", &signature).unwrap();
        assert!(key.verifier.verify(b"another", &signature).is_err());
        for private in ["d", "p", "q", "dp", "dq", "qi"] {
            assert!(key.public.parameter(private).is_none(), "{private} would be published");
        }
        assert_eq!(key.public.key_id(), Some("k1"));
        assert_eq!(key.public.key_use(), Some("sig"));
        assert_eq!(key.public.algorithm(), Some(alg.as_str()));
    }
}

#[test]
fn the_wrong_secret_and_a_moved_key_are_named() {
    let row = row(Alg::Es256, &sealer("a secret of some length"));
    let wrong = generate::open(&sealer("another secret"), &row);
    assert!(matches!(wrong, Err(KeyError::Sealed { .. })));
    let moved = StoredKey { set: KeySet::AccessToken.name().into(), ..row };
    let moved = generate::open(&sealer("a secret of some length"), &moved);
    assert!(matches!(moved, Err(KeyError::Sealed { .. })));
}
