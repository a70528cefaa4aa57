//! Typed ids: mixing two of them does not compile.

use std::fmt;

/// A text that is not an id of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a valid {kind}")]
pub struct IdError {
    /// The type's name.
    pub kind: &'static str,
}

/// Declares a `Copy` id around a UUID. Prints hyphenated and lower-case.
#[macro_export]
macro_rules! typed_uuid {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name($crate::id::Uuid);

        impl $name {
            /// A random id (UUIDv4).
            pub fn random(entropy: &dyn $crate::entropy::Entropy) -> Self {
                Self($crate::id::uuid_v4(entropy))
            }

            /// An id that sorts by its time of making (UUIDv7).
            pub fn ordered(now: $crate::time::Time, entropy: &dyn $crate::entropy::Entropy) -> Self {
                Self($crate::id::uuid_v7(now, entropy))
            }

            /// Reads an id; a text that is not a UUID is an error.
            pub fn parse(text: &str) -> Result<Self, $crate::id::IdError> {
                $crate::id::Uuid::parse_str(text)
                    .map(Self)
                    .map_err(|_| $crate::id::IdError { kind: stringify!($name) })
            }

            /// The id as stored: hyphenated, lower-case.
            pub fn text(&self) -> String {
                self.0.to_string()
            }

            /// The id as 32 hexadecimal digits without hyphens.
            pub fn hex(&self) -> String {
                self.0.simple().to_string()
            }

            /// The UUID itself.
            pub const fn uuid(&self) -> $crate::id::Uuid {
                self.0
            }

            /// An id from a UUID made elsewhere.
            pub const fn from_uuid(uuid: $crate::id::Uuid) -> Self {
                Self(uuid)
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::fmt::Display::fmt(&self.0, f)
            }
        }

        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::id::IdError;

            fn from_str(text: &str) -> Result<Self, $crate::id::IdError> {
                Self::parse(text)
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(&self.0)
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <String as ::serde::Deserialize>::deserialize(deserializer)?;
                Self::parse(&text).map_err(::serde::de::Error::custom)
            }
        }
    };
}

/// Declares an id that is a text of the owner's choosing.
#[macro_export]
macro_rules! typed_text {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, ::serde::Serialize, ::serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes the text as it is.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The id as stored.
            pub fn text(&self) -> String {
                self.0.clone()
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                write!(f, "{}({:?})", stringify!($name), self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }
    };
}

pub use uuid::Uuid;

use crate::{
    entropy::{Entropy, random_bytes},
    time::Time,
};

/// A UUIDv4 from the given entropy.
pub fn uuid_v4(entropy: &dyn Entropy) -> Uuid {
    uuid::Builder::from_random_bytes(random_bytes::<16>(entropy)).into_uuid()
}

/// A UUIDv7 of the given instant.
pub fn uuid_v7(now: Time, entropy: &dyn Entropy) -> Uuid {
    let millis = u64::try_from(now.timestamp_millis()).unwrap_or_default();
    uuid::Builder::from_unix_timestamp_millis(millis, &random_bytes::<10>(entropy)).into_uuid()
}

typed_uuid!(
    /// A person or machine that can sign in.
    IdentityId
);
typed_uuid!(
    /// A signed-in period of one identity on one device.
    SessionId
);
typed_uuid!(
    /// One self-service flow.
    FlowId
);
typed_uuid!(
    /// One credential of an identity.
    CredentialId
);
typed_uuid!(
    /// One verifiable or recovery address.
    AddressId
);
typed_uuid!(
    /// One mail or text message.
    MessageId
);
typed_uuid!(
    /// One security event.
    AuditEventId
);
typed_uuid!(
    /// One thing the OAuth2 provider is still to be told.
    NoticeId
);
typed_uuid!(
    /// One one-time code or link.
    CodeId
);
typed_uuid!(
    /// One device entry of a session.
    DeviceId
);
typed_uuid!(
    /// One authorization a subject granted a client: links code, access and refresh tokens. Travels as 32 hex digits.
    GrantId
);
typed_uuid!(
    /// One browser's login at oauth-service; the `sid` of ID tokens.
    LoginSessionId
);
typed_uuid!(
    /// One token row.
    TokenId
);
typed_uuid!(
    /// One signing key.
    KeyId
);
typed_text!(
    /// An OAuth2 client, by the text its owner chose.
    ClientId
);

impl fmt::LowerHex for GrantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::LowerHex::fmt(&self.uuid().simple(), f)
    }
}

#[cfg(test)]
mod tests;
