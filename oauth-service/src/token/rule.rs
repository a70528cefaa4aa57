//! Which rule puts a claim into a token. Tokens are made of claims that are put one by one, each with its rule; a token forgets the
//! rules, an [`Account`] keeps them. So what an operator is told and what a client gets come of the same lines.

use serde_json::{Map, Value, json};

/// What stands in an account for what is only known when a token is really made.
pub(crate) const LATER: &str = "made when the token is issued";

/// Why a claim is in a token, or is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rule {
    /// The setting, registration, parameter or step it comes of.
    pub(crate) name: &'static str,
    /// In words.
    about: &'static str,
    /// The value is another one in each token.
    is_fresh: bool,
    /// The value is one of those that consent or hooks give.
    is_given: bool,
}

impl Rule {
    /// A rule whose value can be told before.
    pub(crate) const fn new(name: &'static str, about: &'static str) -> Self {
        Self { name, about, is_fresh: false, is_given: false }
    }

    /// A rule whose value is made with the token.
    pub(crate) const fn fresh(name: &'static str, about: &'static str) -> Self {
        Self { is_fresh: true, ..Self::new(name, about) }
    }

    /// A rule about values that consent or hooks give.
    pub(crate) const fn given(name: &'static str, about: &'static str) -> Self {
        Self { is_given: true, ..Self::new(name, about) }
    }
}

/// Something claims are put into.
pub(crate) trait Claims {
    /// Puts a claim in.
    fn put(&mut self, name: &str, value: Value, rule: Rule);

    /// Puts a claim in that is an object, each member of it by a rule of its own.
    fn put_object(&mut self, name: &str, members: Map<String, Value>, rule_of: &dyn Fn(&str) -> Rule);

    /// Says that a claim stays out.
    fn leave_out(&mut self, name: &str, value: &Value, rule: Rule);
}

impl Claims for Map<String, Value> {
    fn put(&mut self, name: &str, value: Value, _: Rule) {
        self.insert(name.to_owned(), value);
    }

    fn put_object(&mut self, name: &str, members: Map<String, Value>, _: &dyn Fn(&str) -> Rule) {
        self.insert(name.to_owned(), Value::Object(members));
    }

    fn leave_out(&mut self, _: &str, _: &Value, _: Rule) {}
}

/// The claims a token would have, and why.
#[derive(Debug)]
pub(crate) struct Account {
    /// Who gave what consent and hooks give.
    source: String,
    claims: Map<String, Value>,
    rules: Vec<Value>,
    left_out: Vec<Value>,
}

impl Account {
    /// An account without claims. `source`: where the given ones come from.
    pub(crate) fn new(source: String) -> Self {
        Self { source, claims: Map::new(), rules: Vec::new(), left_out: Vec::new() }
    }

    /// As the answer has it.
    pub(crate) fn to_json(&self, format: &str, header: Option<&Value>) -> Value {
        json!({
            "format": format,
            "header": header,
            "claims": self.claims,
            "rules": self.rules,
            "left_out": self.left_out,
        })
    }

    fn line(&self, name: &str, value: &Value, rule: Rule) -> Value {
        let mut line = json!({ "claim": name, "value": value, "rule": rule.name, "because": rule.about });
        if let (Value::Object(line), true) = (&mut line, rule.is_given) {
            line.insert("source".to_owned(), json!(self.source));
        }
        line
    }
}

impl Claims for Account {
    fn put(&mut self, name: &str, value: Value, rule: Rule) {
        let value = if rule.is_fresh { json!(LATER) } else { value };
        self.rules.push(self.line(name, &value, rule));
        self.claims.insert(name.to_owned(), value);
    }

    fn put_object(&mut self, name: &str, members: Map<String, Value>, rule_of: &dyn Fn(&str) -> Rule) {
        if members.is_empty() {
            self.rules.push(self.line(name, &json!({}), rule_of("")));
        }
        for (member, value) in &members {
            self.rules.push(self.line(&format!("{name}.{member}"), value, rule_of(member)));
        }
        self.claims.insert(name.to_owned(), Value::Object(members));
    }

    fn leave_out(&mut self, name: &str, value: &Value, rule: Rule) {
        self.left_out.push(self.line(name, value, rule));
    }
}

pub(crate) const ISSUER: Rule = Rule::new("urls.self.issuer", "The name of this server.");
pub(crate) const SUBJECT: Rule =
    Rule::new("subject", "The identity that consents; the client itself where nobody does.");
pub(crate) const SHOWN_SUBJECT: Rule = Rule::new(
    "client.subject_type",
    "The subject as this client sees it: the identity, or one made for its sector where the client is pairwise.",
);
pub(crate) const AUDIENCE: Rule =
    Rule::new("audience", "What was asked for and granted, of the audiences the client is registered for.");
pub(crate) const OWN_AUDIENCE: Rule = Rule::new(
    "strategies.jwt.profile",
    "No audience was granted, and a token of RFC 9068 must name one: this server itself.",
);
pub(crate) const FOR_CLIENT: Rule = Rule::new("client_id", "An ID token is for the client that asked.");
pub(crate) const CLIENT: Rule = Rule::new("client_id", "The client that gets the token.");
pub(crate) const NOW: Rule = Rule::new("clock", "When the token is issued.");
pub(crate) const NOT_BEFORE: Rule =
    Rule::new("oauth2.exclude_not_before_claim", "When the token is issued; the setting would leave it out.");
pub(crate) const JTI: Rule = Rule::fresh("jti", "Drawn at random for each token.");
pub(crate) const SCOPE_LIST: Rule =
    Rule::new("strategies.jwt.scope_claim", "The granted scopes as a list, unless the setting is string.");
pub(crate) const SCOPE_TEXT: Rule = Rule::new(
    "strategies.jwt.scope_claim",
    "The granted scopes as a text, where the setting is string or both, or the profile rfc9068.",
);
pub(crate) const SCOPE: Rule = Rule::new("scope", "The granted scopes.");
pub(crate) const AUTH_TIME: Rule = Rule::new("login.authenticated_at", "When the person signed in.");
pub(crate) const ACR: Rule = Rule::new("login.acr", "The assurance level of the login.");
pub(crate) const AMR: Rule = Rule::new("login.amr", "The methods of the login.");
pub(crate) const BOUND: Rule =
    Rule::fresh("client bound tokens", "The token is good for who proves to have this key or certificate.");
pub(crate) const DETAILS: Rule = Rule::new("authorization_details", "What was consented to in detail.");
pub(crate) const ACTOR: Rule = Rule::new("token exchange", "Who acts for the subject.");
pub(crate) const TOP_LEVEL: Rule = Rule::given(
    "oauth2.allowed_top_level_claims",
    "The setting names it, so that it stands beside the standard claims.",
);
pub(crate) const EXT: Rule = Rule::given("ext", "Every given claim of an access token stands in ext.");
pub(crate) const MIRRORED: Rule =
    Rule::given("oauth2.mirror_top_level_claims", "What is copied to the top level stays in ext too.");
pub(crate) const PRESERVED: Rule =
    Rule::given("oauth2.preserve_ext_claims", "What is not copied to the top level is kept in ext.");
pub(crate) const NOT_PRESERVED: Rule = Rule::given(
    "oauth2.preserve_ext_claims",
    "With oauth2.mirror_top_level_claims off, what oauth2.allowed_top_level_claims does not name is left out unless this is on.",
);
pub(crate) const RESERVED: Rule =
    Rule::given("reserved", "A specification gives this name its meaning; consent and hooks cannot set it.");
pub(crate) const GIVEN: Rule = Rule::given("session.id_token", "Every given claim of an ID token stands in it.");
pub(crate) const NOT_WANTED: Rule =
    Rule::given("claims", "The claims parameter of the request asks for another value than this one.");
pub(crate) const REQUESTED_AT: Rule = Rule::new("clock", "When the authorization request came in.");
pub(crate) const SESSION: Rule = Rule::fresh("login session", "Names the login, for logout.");
pub(crate) const NONCE: Rule = Rule::new("nonce", "As the authorization request had it.");
pub(crate) const HASH: Rule = Rule::fresh("openid", "Ties the ID token to what is issued beside it.");
pub(crate) const ENDS: Rule = Rule::new(
    "lifespan",
    "When the token ends: by the client's own lifespan of the grant, else by the setting below ttl.",
);
pub(crate) const ACTIVE: Rule = Rule::new("introspection", "The token is known, has not ended and was not revoked.");
pub(crate) const TYPE: Rule = Rule::new("introspection", "How the token is presented, and that it is an access token.");
