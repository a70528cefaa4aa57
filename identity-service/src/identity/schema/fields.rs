//! The traits a schema says something special about: a walk over the schema that follows local references and
//! combinators, and refuses what it does not understand.

use serde_json::{Map, Value};

use crate::model::{address::Via, traits::Traits, word::words};

words! {
    /// Who may write a trait (`portico.write`).
    Write {
        /// Administrators alone.
        Admin = "admin",
        /// Its owner, as long as it is empty; administrators always.
        OwnerOnce = "owner_once",
        /// Its owner.
        Owner = "owner",
    }
}

/// One step on the way to a trait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Segment {
    /// A property.
    Key(String),
    /// Every item of a list.
    Each,
}

/// A trait with extension keywords.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "one per keyword of the extension")]
pub(super) struct Field {
    /// From the traits object down.
    pub(super) path: Vec<Segment>,
    /// Signs in with a password.
    pub(super) identifier: bool,
    /// Signs in with a security key.
    pub(super) webauthn: bool,
    /// Signs in with a code sent there.
    pub(super) code: Option<Via>,
    /// What authenticator apps show of the account.
    pub(super) totp_name: bool,
    /// What passkey prompts show of the account.
    pub(super) passkey_name: bool,
    pub(super) verification: Option<Via>,
    pub(super) recovery: Option<Via>,
    pub(super) write: Write,
}

impl Field {
    /// The texts that stand at this place in traits.
    pub(super) fn texts<'a>(&self, traits: &'a Traits) -> impl Iterator<Item = &'a str> + use<'a> {
        let mut found: Vec<&Value> = Vec::new();
        let mut path = self.path.iter();
        if let Some(Segment::Key(name)) = path.next() {
            found.extend(traits.as_map().get(name));
        }
        for segment in path {
            found = match segment {
                Segment::Key(name) => found.into_iter().filter_map(|value| value.get(name)).collect(),
                Segment::Each => found.into_iter().filter_map(Value::as_array).flatten().collect(),
            };
        }
        found.into_iter().filter_map(Value::as_str)
    }

    /// The path as property names; list steps are left out.
    pub(super) fn keys(&self) -> Vec<String> {
        let key = |segment: &Segment| match segment {
            Segment::Key(name) => Some(name.clone()),
            Segment::Each => None,
        };
        self.path.iter().filter_map(key).collect()
    }

    /// The dotted path below the traits.
    pub(super) fn dotted(&self) -> String {
        self.keys().join(".")
    }

    /// The name of the node that shows this trait.
    pub(super) fn name(&self) -> String {
        format!("traits.{}", self.dotted())
    }

    /// A trait nothing special is said about.
    fn plain(path: &[Segment]) -> Self {
        Self {
            path: path.to_vec(),
            identifier: false,
            webauthn: false,
            code: None,
            totp_name: false,
            passkey_name: false,
            verification: None,
            recovery: None,
            write: Write::Owner,
        }
    }

    fn is_special(&self) -> bool {
        self.identifier
            || self.webauthn
            || self.code.is_some()
            || self.totp_name
            || self.passkey_name
            || self.verification.is_some()
            || self.recovery.is_some()
            || self.write != Write::Owner
    }
}

/// The special traits of a schema document.
pub(super) fn read(document: &Value) -> Result<Vec<Field>, String> {
    let traits = document.pointer("/properties/traits").ok_or("has no `properties.traits`")?;
    let properties = traits.get("properties").and_then(Value::as_object);
    if properties.is_none_or(Map::is_empty) && traits.get("$ref").is_none() {
        return Err("names no property below `properties.traits`".to_owned());
    }
    let mut walk = Walk { document, fields: Vec::new() };
    walk.at(traits, &[], 0)?;
    Ok(walk.fields)
}

struct Walk<'a> {
    document: &'a Value,
    fields: Vec<Field>,
}

/// Schemas nest less than this, unless they refer to themselves.
const MAX_DEPTH: usize = 24;

impl<'a> Walk<'a> {
    fn at(&mut self, schema: &'a Value, path: &[Segment], depth: usize) -> Result<(), String> {
        // A schema that refers to itself describes traits of any depth; the extension keywords end here.
        if depth > MAX_DEPTH {
            return Ok(());
        }
        let Some(map) = schema.as_object() else { return Ok(()) };
        self.note(map, path)?;
        if let Some(target) = map.get("$ref").and_then(Value::as_str).and_then(|text| text.strip_prefix('#')) {
            let target = self.document.pointer(target).ok_or_else(|| format!("$ref #{target} leads nowhere"))?;
            self.at(target, path, depth + 1)?;
        }
        for (name, property) in map.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let below: Vec<Segment> = path.iter().cloned().chain([Segment::Key(name.clone())]).collect();
            self.at(property, &below, depth + 1)?;
        }
        if let Some(items) = map.get("items") {
            let below: Vec<Segment> = path.iter().cloned().chain([Segment::Each]).collect();
            self.at(items, &below, depth + 1)?;
        }
        for keyword in ["allOf", "anyOf", "oneOf"] {
            for part in map.get(keyword).and_then(Value::as_array).into_iter().flatten() {
                self.at(part, path, depth + 1)?;
            }
        }
        for keyword in ["then", "else"] {
            if let Some(part) = map.get(keyword) {
                self.at(part, path, depth + 1)?;
            }
        }
        Ok(())
    }

    fn note(&mut self, map: &Map<String, Value>, path: &[Segment]) -> Result<(), String> {
        let mut field = Field::plain(path);
        if let Some(extension) = map.get("ory.sh/kratos") {
            extend(&mut field, extension).map_err(|reason| format!("{}: {reason}", field.name()))?;
        }
        if let Some(extension) = map.get("portico") {
            field.write = write(extension).map_err(|reason| format!("{}: {reason}", field.name()))?;
        }
        if !field.is_special() {
            return Ok(());
        }
        if path.is_empty() {
            return Err(
                "extension keywords belong on properties of the traits, not on the traits themselves".to_owned()
            );
        }
        if field.write != Write::Owner && path.contains(&Segment::Each) {
            return Err(format!(
                "{}: portico.write cannot protect parts of list items; protect the list",
                field.name()
            ));
        }
        match self.fields.iter_mut().find(|known| known.path == field.path) {
            Some(known) => merge(known, &field),
            None => self.fields.push(field),
        }
        Ok(())
    }
}

/// Combinators may speak of the same trait twice: everything said holds, and the stricter protection wins.
fn merge(known: &mut Field, other: &Field) {
    known.identifier |= other.identifier;
    known.webauthn |= other.webauthn;
    known.code = known.code.or(other.code);
    known.totp_name |= other.totp_name;
    known.passkey_name |= other.passkey_name;
    known.verification = known.verification.or(other.verification);
    known.recovery = known.recovery.or(other.recovery);
    known.write = known.write.min(other.write);
}

/// Reads `ory.sh/kratos`; unknown keywords are refused.
fn extend(field: &mut Field, extension: &Value) -> Result<(), String> {
    let map = extension.as_object().ok_or("`ory.sh/kratos` must be an object")?;
    for (name, value) in map {
        match name.as_str() {
            "credentials" => credentials(field, value)?,
            "verification" => field.verification = Some(via(name, value)?),
            "recovery" => field.recovery = Some(via(name, value)?),
            "organizations" => {}
            _ => return Err(format!("`ory.sh/kratos` has no keyword {name:?}")),
        }
    }
    Ok(())
}

fn credentials(field: &mut Field, value: &Value) -> Result<(), String> {
    const KNOWN: &[(&str, &[&str])] = &[
        ("password", &["identifier"]),
        ("webauthn", &["identifier"]),
        ("passkey", &["display_name"]),
        ("totp", &["account_name"]),
        ("code", &["identifier", "via"]),
    ];
    let map = value.as_object().ok_or("`credentials` must be an object")?;
    for (name, value) in map {
        let keys = KNOWN.iter().find(|(known, _)| known == name).map(|(_, keys)| *keys);
        let keys = keys.ok_or_else(|| format!("`credentials` has no keyword {name:?}"))?;
        let inner = value.as_object().ok_or_else(|| format!("`credentials.{name}` must be an object"))?;
        if let Some(unknown) = inner.keys().find(|key| !keys.contains(&key.as_str())) {
            return Err(format!("`credentials.{name}` has no keyword {unknown:?}"));
        }
    }
    let flag = |name: &str| match value.pointer(&format!("/{}", name.replace('.', "/"))) {
        None => Ok(false),
        Some(Value::Bool(flag)) => Ok(*flag),
        Some(_) => Err(format!("`credentials.{name}` must be true or false")),
    };
    field.identifier = flag("password.identifier")?;
    field.webauthn = flag("webauthn.identifier")?;
    field.totp_name = flag("totp.account_name")?;
    field.passkey_name = flag("passkey.display_name")?;
    if flag("code.identifier")? {
        let given = value.pointer("/code/via").is_some();
        field.code = Some(if given { via("credentials.code", &value["code"])? } else { Via::Email });
    }
    Ok(())
}

fn via(name: &str, value: &Value) -> Result<Via, String> {
    let word = value.get("via").and_then(Value::as_str);
    word.and_then(|word| word.parse().ok()).ok_or_else(|| format!("`{name}.via` must be \"email\" or \"sms\""))
}

fn write(extension: &Value) -> Result<Write, String> {
    let map = extension.as_object().ok_or("`portico` must be an object")?;
    if let Some(unknown) = map.keys().find(|key| !["write", "title"].contains(&key.as_str())) {
        return Err(format!("`portico` has no keyword {unknown:?}"));
    }
    let titles =
        map.get("title").map(|titles| titles.as_object().is_some_and(|all| all.values().all(Value::is_string)));
    if titles == Some(false) {
        return Err("`portico.title` must be an object of titles by language, such as {\"de\": \"Firma\"}".to_owned());
    }
    match map.get("write") {
        None => Ok(Write::Owner),
        Some(value) => value
            .as_str()
            .and_then(|word| word.parse().ok())
            .ok_or_else(|| "`portico.write` must be \"admin\", \"owner_once\" or \"owner\"".to_owned()),
    }
}
