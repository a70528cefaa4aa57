//! Known answers: RFC 6070, 7914, 2202 and 4231, and what the systems themselves publish; the rest was computed with
//! Python's hashlib and `openssl passwd`.

use super::super::{check, stored};

const KNOWN: &[(&str, &str)] = &[
    // bcrypt: crypt_blowfish's own test.
    ("U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"),
    ("U*U", "$2$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"),
    // Argon2: those of the reference implementation.
    ("password", "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"),
    ("password", "$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc"),
    ("password", "$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$iekCn0Y3spW+sCcFanM2xBT63UP2sghkUoHLIUpWRS8"),
    ("password", "$argon2i$v=16$m=256,t=2,p=1$c29tZXNhbHQ$/U3YPXYsSb3q9XxHvc0MLxur+GP960kN9j7emXX8zwY"),
    // Firebase's own example.
    (
        "user1password",
        "$firescrypt$ln=14,r=8,p=1$42xEC+ixf3L2lw==$lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==$Bw==$jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==",
    ),
    ("password", "$pbkdf2-sha1$i=4096,l=20$c2FsdA$SwB5AbdlSJq+rUnZJvch0GWkKcE"),
    ("password", "$pbkdf2-sha256$i=4096,l=32$c2FsdA$xeR41ZKIyEGqUw22hFxMjZYok6ABzk4RpJY4c6qYE0o"),
    ("password", "$pbkdf2-sha224$i=1000,l=32$c2FsdHNhbHQ$URQI+OoXTzMyYRh0LssENhH6WeNOPK41bhwhUeN7BGg"),
    ("password", "$pbkdf2-sha384$i=1000,l=32$c2FsdHNhbHQ$nCrydBDGv+KU/akLeXNmmfXHNd3LTXQydMcgVLgq6sY"),
    ("password", "$pbkdf2-sha512$i=1000,l=32$c2FsdHNhbHQ$Q6v4xwJ8a9nWPp2BeEoAYYhHSo2xRmPWART17vTpSxs"),
    ("password", "$pbkdf2-sha224$i=1000,l=32$c2FsdHNhbHQ$pCcd62kBH2tV37ob2XzCi76320JY+JzKguLSuJi1pN0"),
    ("password", "$pbkdf2-sha384$i=1000,l=32$c2FsdHNhbHQ$Nhdisggzshp8I152VxDGCwINRwYnvrPmLPsvxJ6zCV8"),
    (
        "pleaseletmein",
        "$scrypt$ln=16384,r=8,p=1$U29kaXVtQ2hsb3JpZGU=$cCO9yzr9c0hGHAbNgf046/2o+7qQT44+qbVD9lRdofLVQylVYT8Pz2LUlwUkKpr55h6F3A1lHkDfzwF7RVdYhw==",
    ),
    ("correct horse", "$md5-crypt$4kQ.z7/b$Wa/0o3SFDEVTLHCmcTNBy."),
    ("correct horse", "$sha256-crypt$4kQ.z7/b$R55ta6LKAEna7FewdXIyK1dKEqQCDJjrjiSKReBUOjB"),
    (
        "correct horse",
        "$sha512-crypt$4kQ.z7/b$ykIjZIUiiyMb1w3xexVVd7XbORSdgpX6R5xMiYu7R8UuXB5lY9QaxGlyXHkawsUx4CAQ1EB/0v7ikDKIyLtfA0",
    ),
    ("Hello world!", "$sha256-crypt$rounds=10000$saltstringsaltst$3xv.VbSHBb41AL9AvLeujZkZRBAwqFMz2.opqey6IcA"),
    (
        "Hello world!",
        "$sha512-crypt$rounds=10000$saltstringsaltst$OW1/O6BYHV6BcXZu8QVeXbDWra3Oeqh0sbHbbMCVNSnCM/UrjmM0Dp8vOuZeHBy/YTBmSK6H9qs/y3RnOaw5v.",
    ),
    (
        "a password that is a good deal longer than one block of the digest is, and then some",
        "$md5-crypt$x$SA/./9B7jj2bc/t/RaW470",
    ),
    ("correct horse", "{SSHA}6Uv7I8iqGRar7rbbukELxe5vC4YBAnNhbHT/"),
    ("correct horse", "{SSHA256}48RG5dtfiI+/I8krAJSdvVK0p7JSUUE5R4cJBmPQIuoBAnNhbHT/"),
    (
        "correct horse",
        "{SSHA512}IkHCDv2nRpA2PX6qwshOcKdNZ3kn0BgH2lG0ahEaBKjawlBmHuVtPbvW1p5ZmjjovqzMBfefV5IbBH8KsDVuRwECc2FsdP8=",
    ),
    ("correct horse", "$md5$PLTnMmMfR+brlh80VUt83g=="),
    ("correct horse", "$md5$pf=e1NBTFR9e1BBU1NXT1JEfQ==$NW9wbWtnejAzcg==$GR0iMoDE+9AQSUk6b4dTog=="),
    ("correct horse", "$sha1$pf=e1BBU1NXT1JEfTp7U0FMVH0=$NW9wbWtnejAzcg==$V6bzqdEIZJJ737/ZIpNLWaXJl0Y="),
    (
        "correct horse",
        "$sha256$pf=cGVwcGVye1NBTFR9JHtQQVNTV09SRH0k$NW9wbWtnejAzcg==$RVAfAwWYUqPq7bbXxehfOuoq47/lQPCqMhbAiyacQ+0=",
    ),
    (
        "correct horse",
        "$sha512$pf=e1NBTFR9e1BBU1NXT1JEfXtTQUxUfQ==$NW9wbWtnejAzcg==$yLRLpc8tdnjxj/RgpgFryB+mTW3Z0C02g3we10PpMjs4mRRPjXhoTO03dwp62YluzGzBLgo84MDj54WNwidcUw==",
    ),
    ("what do ya want for nothing?", "$hmac-md5$NzUwYzc4M2U2YWIwYjUwM2VhYTg2ZTMxMGE1ZGI3Mzg=$SmVmZQ=="),
    ("what do ya want for nothing?", "$hmac-sha1$ZWZmY2RmNmFlNWViMmZhMmQyNzQxNmQ1ZjE4NGRmOWMyNTlhN2M3OQ==$SmVmZQ=="),
    (
        "what do ya want for nothing?",
        "$hmac-sha224$YTMwZTAxMDk4YmM2ZGJiZjQ1NjkwZjNhN2U5ZTZkMGY4YmJlYTJhMzllNjE0ODAwOGZkMDVlNDQ=$SmVmZQ==",
    ),
    (
        "what do ya want for nothing?",
        "$hmac-sha256$NWJkY2MxNDZiZjYwNzU0ZTZhMDQyNDI2MDg5NTc1Yzc1YTAwM2YwODlkMjczOTgzOWRlYzU4Yjk2NGVjMzg0Mw==$SmVmZQ==",
    ),
    (
        "what do ya want for nothing?",
        "$hmac-sha384$YWY0NWQyZTM3NjQ4NDAzMTYxN2Y3OGQyYjU4YTZiMWI5YzdlZjQ2NGY1YTAxYjQ3ZTQyZWMzNzM2MzIyNDQ1ZThlMjI0MGNhNWU2OWUyYzc4YjMyMzllY2ZhYjIxNjQ5$SmVmZQ==",
    ),
    (
        "what do ya want for nothing?",
        "$hmac-sha512$MTY0YjdhN2JmY2Y4MTllMmUzOTVmYmU3M2I1NmUwYTM4N2JkNjQyMjJlODMxZmQ2MTAyNzBjZDdlYTI1MDU1NDk3NThiZjc1YzA1YTk5NGE2ZDAzNGY2NWY4ZjBlNmZkY2FlYWIxYTM0ZDRhNmI0YjYzNmUwNzBhMzhiY2U3Mzc=$SmVmZQ==",
    ),
    ("what do ya want for nothing?", "$hmac-md4$YmUxOTJjNTg4YThlOTE0ZDhhNTliNDc0YTgyODEyOGY=$SmVmZQ=="),
];

#[test]
fn every_format_knows_its_password_and_no_other() {
    for (password, hash) in KNOWN {
        let stored = stored::read(hash).unwrap_or_else(|why| panic!("{hash}: {why}"));
        assert_eq!(stored.matches(password.as_bytes()), Ok(true), "{hash}");
        assert_eq!(stored.matches(b"another password"), Ok(false), "{hash}");
    }
}

/// What cannot be compared with, and what the importer is told.
const REFUSED: &[(&str, &str)] = &[
    ("", "no known kind"),
    ("plain", "no known kind"),
    ("$1$TVEiiKNb$SN6/pUaRQS/E8Jh46As2C/", "no known kind"),
    ("$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc8", "no known kind"),
    ("$6$saltstring$x", "no known kind"),
    ("$argon2d$v=19$m=256,t=2,p=1$c29tZXNhbHQ$iekCn0Y3spW+sCcFanM2xBT63UP2sghkUoHLIUpWRS8", "no known kind"),
    ("{SHA}6Uv7I8iqGRar7rbbukELxe5vC4Y=", "no known kind"),
    ("$2b$12$", "53 characters"),
    ("$2b$16$Vq3mXy0hTn8sKc5eRw1uLO1rD6fGzB4jPa9oQiNkSbUxEtHvYlMCe", "cost must be between 4 and 15"),
    ("$2b$03$Vq3mXy0hTn8sKc5eRw1uLO1rD6fGzB4jPa9oQiNkSbUxEtHvYlMCe", "cost"),
    ("$argon2id$v=19$m=1048577,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc", "m must be"),
    ("$argon2id$v=19$m=256,t=11,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc", "t must be"),
    ("$argon2i$v=19$m=256,t=2,p=17$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc", "p must be"),
    ("$argon2id$v=19$m=16,t=2,p=4$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc", "eight times"),
    ("$argon2id$v=20$m=256,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc", "version"),
    ("$argon2id$v=19$t=2,m=256,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc", "parameters"),
    ("$argon2id$v=19$m=256,t=2,p=1,x=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc", "parameters"),
    ("$argon2id$m=256,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc", "look like"),
    ("$argon2id$v=19$m=256,t=2,p=1$!$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc", "salt is not base64"),
    ("$pbkdf2-sha256$i=10000001,l=32$c2FsdA$xeR41ZKIyEGqUw22hFxMjZYok6ABzk4RpJY4c6qYE0o", "i must be"),
    ("$pbkdf2-sha256$i=0,l=32$c2FsdA$xeR41ZKIyEGqUw22hFxMjZYok6ABzk4RpJY4c6qYE0o", "i must be"),
    ("$pbkdf2-md5$i=1000,l=32$c2FsdA$xeR41ZKIyEGqUw22hFxMjZYok6ABzk4RpJY4c6qYE0o", "digest"),
    ("$scrypt$ln=262144,r=8,p=1$c2FsdA==$xeR41ZKIyEGqUw22hFxMjZYok6ABzk4RpJY4c6qYE0o=", "power of two"),
    ("$scrypt$ln=14,r=8,p=1$c2FsdA==$xeR41ZKIyEGqUw22hFxMjZYok6ABzk4RpJY4c6qYE0o=", "power of two"),
    ("$scrypt$ln=16384,r=9,p=1$c2FsdA==$xeR41ZKIyEGqUw22hFxMjZYok6ABzk4RpJY4c6qYE0o=", "r must be"),
    ("$scrypt$ln=16384,r=8,p=11$c2FsdA==$xeR41ZKIyEGqUw22hFxMjZYok6ABzk4RpJY4c6qYE0o=", "p must be"),
    ("$firescrypt$ln=31,r=8,p=1$c2FsdA==$aGFzaA==$Bw==$a2V5a2V5", "ln must be"),
    ("$firescrypt$ln=14,r=8,p=1$c2FsdA==$aGFzaA==$Bw==$a2V5a2V5", "hash must have 6 bytes"),
    ("$md5-crypt$toolongasalt$SN6/pUaRQS/E8Jh46As2C/", "8 characters"),
    ("$md5-crypt$TVEiiKNb$short", "22 characters"),
    ("$sha512-crypt$rounds=999999999$saltstring$x", "rounds must be"),
    ("$sha256-crypt$rounds=10$saltstring$x", "rounds must be"),
    ("$sha256-crypt$saltstring$short", "43 characters"),
    ("$sha256-crypt$", "43 characters"),
    ("{SSHA}tooshort", "bytes"),
    ("{SSHA512}6Uv7I8iqGRar7rbbukELxe5vC4YBAnNhbHT/", "bytes"),
    ("$md5$$", "template"),
    ("$md5$Z", "base64"),
    ("$sha1$PLTnMmMfR+brlh80VUt83g==", "look like"),
    ("$sha256$pf=e1NBTFR9$NW9wbWtnejAzcg==$RVAfAwWYUqPq7bbXxehfOuoq47/lQPCqMhbAiyacQ+0=", "{PASSWORD}"),
    ("$sha256$pf=e1NBTFR9e1BBU1NXT1JEfQ==$NW9wbWtnejAzcg==$GR0iMoDE+9AQSUk6b4dTog==", "32 bytes"),
    ("$hmac-sha3$NzUwYzc4M2U2YWIwYjUwM2VhYTg2ZTMxMGE1ZGI3Mzg=$SmVmZQ==", "digest"),
    ("$hmac-md5$NzUwYzc4M2U2YWIwYjUwM2VhYTg2ZTMxMGE1ZGI3Mzg=", "look like"),
    ("$hmac-md5$SmVmZQ==$SmVmZQ==", "32 bytes"),
];

#[test]
fn what_cannot_be_compared_with_is_told_why() {
    for (hash, told) in REFUSED {
        let why = check(hash).expect_err(hash).to_string();
        assert!(why.contains(told), "{hash}: {why}");
    }
    assert!(check(&format!("$md5${}", "A".repeat(5000))).is_err());
    let long = "A".repeat(340);
    let why = check(&format!("$pbkdf2-sha1$i=10000000,l=255$c2FsdA${long}")).expect_err("255 bytes").to_string();
    assert!(why.contains("too large for so long a hash"), "{why}");
}

#[test]
fn largest_costs_are_still_taken() {
    for hash in [
        "$2y$15$Vq3mXy0hTn8sKc5eRw1uLO1rD6fGzB4jPa9oQiNkSbUxEtHvYlMCe",
        "$argon2id$v=19$m=1048576,t=10,p=16$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "$pbkdf2-sha1$i=10000000,l=32$c2FsdA$xeR41ZKIyEGqUw22hFxMjZYok6ABzk4RpJY4c6qYE0o",
        "$scrypt$ln=131072,r=8,p=10$c2FsdA==$xeR41ZKIyEGqUw22hFxMjZYok6ABzk4RpJY4c6qYE0o=",
    ] {
        assert_eq!(check(hash), Ok(()), "{hash}");
    }
}

#[test]
fn a_password_is_no_template() {
    // {SALT}{PASSWORD} over the salt `s` and the password `{SALT}`.
    let digest = openssl::sha::sha256(b"s{SALT}");
    let hash = format!(
        "$sha256$pf=e1NBTFR9e1BBU1NXT1JEfQ==$cw==${}",
        base64::Engine::encode(&base64::engine::general_purpose::STANDARD, digest)
    );
    assert_eq!(stored::read(&hash).unwrap().matches(b"{SALT}"), Ok(true));
}
