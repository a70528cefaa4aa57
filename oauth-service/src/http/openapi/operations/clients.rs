//! The admin API: clients, and the issuers that are trusted.

use super::Operation;

/// The operations of this area.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        id: "listOAuth2Clients",
        method: "get",
        path: "/admin/clients",
        about: "Clients in the order of their ids.",
        query: "page_size: int; page_token: text; client_name: text; owner: text",
        answers: "200 [@oAuth2Client] | 400 @errorOAuth2",
        ..Operation::NONE
    },
    Operation {
        id: "createOAuth2Client",
        method: "post",
        path: "/admin/clients",
        about: "Makes a client. Its secret and the token that manages it are shown this once.",
        body: "oAuth2Client",
        answers: "201 @oAuth2Client | 400 @errorOAuth2 | 409 @errorOAuth2",
        ..Operation::NONE
    },
    Operation {
        id: "getOAuth2Client",
        method: "get",
        path: "/admin/clients/{id}",
        about: "One client, without its secret.",
        answers: "200 @oAuth2Client | 404 @errorOAuth2",
        ..Operation::NONE
    },
    Operation {
        id: "setOAuth2Client",
        method: "put",
        path: "/admin/clients/{id}",
        about: "Replaces a client. What is left out has its default; a secret that is left out stays.",
        body: "oAuth2Client",
        answers: "200 @oAuth2Client | 400 @errorOAuth2 | 404 @errorOAuth2",
        ..Operation::NONE
    },
    Operation {
        id: "patchOAuth2Client",
        method: "patch",
        path: "/admin/clients/{id}",
        about: "Changes a client by a JSON patch. If one operation fails, nothing is changed.",
        body: "jsonPatchDocument",
        answers: "200 @oAuth2Client | 400 @errorOAuth2 | 404 @errorOAuth2",
        ..Operation::NONE
    },
    Operation {
        id: "deleteOAuth2Client",
        method: "delete",
        path: "/admin/clients/{id}",
        about: "Removes a client with all that was granted to it.",
        answers: "204 | 404 @errorOAuth2",
        ..Operation::NONE
    },
    Operation {
        id: "setOAuth2ClientLifespans",
        method: "put",
        path: "/admin/clients/{id}/lifespans",
        about: "Sets all of a client's lifetimes; those left out are the configured ones.",
        body: "oAuth2ClientTokenLifespans",
        answers: "200 @oAuth2Client | 404 @errorOAuth2",
        ..Operation::NONE
    },
    Operation {
        id: "rotateOAuth2ClientSecret",
        method: "post",
        path: "/admin/clients/{id}/secrets/rotate",
        about: "Gives a client a fresh secret. Those before it stay good until they are dropped.",
        answers: "200 @oAuth2Client | 404 @errorOAuth2",
        ..Operation::NONE
    },
    Operation {
        id: "deleteRotatedOAuth2ClientSecrets",
        method: "delete",
        path: "/admin/clients/{id}/secrets/rotate",
        about: "Drops all secrets of a client but the current one.",
        answers: "200 @oAuth2Client | 404 @errorOAuth2",
        ..Operation::NONE
    },
    Operation {
        id: "listTrustedOAuth2JwtGrantIssuers",
        method: "get",
        path: "/admin/trust/grants/jwt-bearer/issuers",
        about: "Whom this server believes.",
        query: "page_size: int; page_token: text; issuer: text",
        answers: "200 @trustedOAuth2JwtGrantIssuers",
        ..Operation::NONE
    },
    Operation {
        id: "trustOAuth2JwtGrantIssuer",
        method: "post",
        path: "/admin/trust/grants/jwt-bearer/issuers",
        about: "Believes an issuer, about one subject or about any, until a day.",
        body: "trustOAuth2JwtGrantIssuer",
        answers: "201 @trustedOAuth2JwtGrantIssuer | 400 @errorOAuth2 | 409 @errorOAuth2",
        ..Operation::NONE
    },
    Operation {
        id: "getTrustedOAuth2JwtGrantIssuer",
        method: "get",
        path: "/admin/trust/grants/jwt-bearer/issuers/{id}",
        about: "One trust.",
        answers: "200 @trustedOAuth2JwtGrantIssuer | 404 @errorOAuth2",
        ..Operation::NONE
    },
    Operation {
        id: "deleteTrustedOAuth2JwtGrantIssuer",
        method: "delete",
        path: "/admin/trust/grants/jwt-bearer/issuers/{id}",
        about: "Believes an issuer no more.",
        answers: "204 | 404 @errorOAuth2",
        ..Operation::NONE
    },
];
