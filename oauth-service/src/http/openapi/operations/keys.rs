//! The admin API: key sets.

use super::Operation;

/// The operations of this area.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        id: "getJsonWebKeySet",
        method: "get",
        path: "/admin/keys/{set}",
        tag: "jwk",
        about: "The keys of a set, private members included.",
        answers: "200 @jsonWebKeySet | 404 @errorOAuth2",
        ..Operation::NONE
    },
    Operation {
        id: "createJsonWebKeySet",
        method: "post",
        path: "/admin/keys/{set}",
        tag: "jwk",
        about: "Makes a key and adds it to the set, which is made too. Only the new key is answered.",
        body: "createJsonWebKeySet",
        answers: "201 @jsonWebKeySet | 400 @errorOAuth2 | 409 @errorOAuth2",
        ..Operation::NONE
    },
    Operation {
        id: "setJsonWebKeySet",
        method: "put",
        path: "/admin/keys/{set}",
        tag: "jwk",
        about: "Replaces all keys of a set. The first of them signs.",
        body: "jsonWebKeySet",
        answers: "200 @jsonWebKeySet | 400 @errorOAuth2",
        ..Operation::NONE
    },
    Operation {
        id: "deleteJsonWebKeySet",
        method: "delete",
        path: "/admin/keys/{set}",
        tag: "jwk",
        about: "Removes a set. What it signed is believed no more.",
        answers: "204",
        ..Operation::NONE
    },
    Operation {
        id: "getJsonWebKey",
        method: "get",
        path: "/admin/keys/{set}/{kid}",
        tag: "jwk",
        about: "One key of a set, as a set of one.",
        answers: "200 @jsonWebKeySet | 404 @errorOAuth2",
        ..Operation::NONE
    },
    Operation {
        id: "setJsonWebKey",
        method: "put",
        path: "/admin/keys/{set}/{kid}",
        tag: "jwk",
        about: "Replaces a key of a set, or adds it.",
        body: "jsonWebKey",
        answers: "200 @jsonWebKey | 400 @errorOAuth2",
        ..Operation::NONE
    },
    Operation {
        id: "deleteJsonWebKey",
        method: "delete",
        path: "/admin/keys/{set}/{kid}",
        tag: "jwk",
        about: "Removes one key of a set.",
        answers: "204 | 404 @errorOAuth2",
        ..Operation::NONE
    },
];
