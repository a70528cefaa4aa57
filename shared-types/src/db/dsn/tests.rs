use super::*;

#[test]
fn notations_of_kratos_and_hydra_are_read() {
    assert!(matches!(Dsn::parse("memory"), Ok(Dsn::Memory)));
    for text in [
        "sqlite:///var/db.sqlite?_fk=true&mode=rwc",
        "sqlite3:///var/db.sqlite",
        "sqlite://file:/var/db.sqlite?_fk=true",
    ] {
        assert!(matches!(Dsn::parse(text), Ok(Dsn::Sqlite(path)) if path.as_path() == "/var/db.sqlite"), "{text}");
    }
    let Ok(Dsn::Postgres(url)) = Dsn::parse("cockroach://u:p@h:26257/d?sslmode=disable&max_conns=20") else { panic!() };
    assert_eq!(url.expose(), "postgres://u:p@h:26257/d?sslmode=disable");
    assert_eq!(Dsn::max_conns("postgres://h/d?max_conns=20"), Some(20));
}

#[test]
fn other_notations_are_named() {
    assert_eq!(Dsn::parse("mysql://x").unwrap_err(), DsnError::Scheme("mysql".into()));
    assert_eq!(Dsn::parse("nonsense").unwrap_err(), DsnError::Scheme(String::new()));
    assert_eq!(Dsn::parse("sqlite://").unwrap_err(), DsnError::NoPath);
}
