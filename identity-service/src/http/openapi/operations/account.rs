//! Settings, recovery and verification.

use super::Operation;

/// The operations of this area.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        id: "getWellKnownChangePassword",
        method: "get",
        path: "/.well-known/change-password",
        tag: "frontend",
        about: "Where one changes a password: the settings page.",
        answers: "303",
        ..Operation::NONE
    },
    Operation {
        id: "updateRecoveryFlow",
        method: "post",
        path: "/self-service/recovery",
        tag: "frontend",
        about: "Submits a recovery.",
        query: "flow!: text; token: text",
        headers: &["Cookie"],
        body: "updateRecoveryFlowBody",
        form: true,
        answers: "200 @recoveryFlow; 303; 400 @recoveryFlow; 410 @errorGeneric; 422 @errorBrowserLocationChangeRequired",
    },
    Operation {
        id: "createNativeRecoveryFlow",
        method: "get",
        path: "/self-service/recovery/api",
        tag: "frontend",
        about: "Begins a recovery for a program without a browser.",
        answers: "200 @recoveryFlow; 400 @errorGeneric",
        ..Operation::NONE
    },
    Operation {
        id: "createBrowserRecoveryFlow",
        method: "get",
        path: "/self-service/recovery/browser",
        tag: "frontend",
        about: "Begins a recovery in a browser.",
        query: "return_to: text; skip_settings: text",
        answers: "200 @recoveryFlow; 303; 400 @errorGeneric",
        ..Operation::NONE
    },
    Operation {
        id: "getRecoveryFlow",
        method: "get",
        path: "/self-service/recovery/flows",
        tag: "frontend",
        about: "A recovery, to be shown.",
        query: "id!: text",
        headers: &["Cookie"],
        answers: "200 @recoveryFlow; 404 @errorGeneric; 410 @errorGeneric",
        ..Operation::NONE
    },
    Operation {
        id: "updateSettingsFlow",
        method: "post",
        path: "/self-service/settings",
        tag: "frontend",
        about: "Submits a change of settings.",
        query: "flow!: text",
        headers: &["X-Session-Token", "Cookie"],
        body: "updateSettingsFlowBody",
        form: true,
        answers: "200 @settingsFlow; 303; 400 @settingsFlow; 401 @errorGeneric; 403 @errorGeneric; 410 @errorGeneric; 422 @errorBrowserLocationChangeRequired",
    },
    Operation {
        id: "createNativeSettingsFlow",
        method: "get",
        path: "/self-service/settings/api",
        tag: "frontend",
        about: "Begins a change of settings for a program without a browser.",
        query: "organization: text",
        headers: &["X-Session-Token"],
        answers: "200 @settingsFlow; 400 @errorGeneric",
        ..Operation::NONE
    },
    Operation {
        id: "createBrowserSettingsFlow",
        method: "get",
        path: "/self-service/settings/browser",
        tag: "frontend",
        about: "Begins a change of settings in a browser.",
        query: "return_to: text; organization: text",
        headers: &["Cookie"],
        answers: "200 @settingsFlow; 303; 400 @errorGeneric; 401 @errorGeneric; 403 @errorGeneric",
        ..Operation::NONE
    },
    Operation {
        id: "getSettingsFlow",
        method: "get",
        path: "/self-service/settings/flows",
        tag: "frontend",
        about: "A change of settings, to be shown.",
        query: "id!: text",
        headers: &["X-Session-Token", "Cookie"],
        answers: "200 @settingsFlow; 401 @errorGeneric; 403 @errorGeneric; 404 @errorGeneric; 410 @errorGeneric",
        ..Operation::NONE
    },
    Operation {
        id: "updateVerificationFlow",
        method: "post",
        path: "/self-service/verification",
        tag: "frontend",
        about: "Submits a verification.",
        query: "flow!: text; token: text",
        headers: &["Cookie"],
        body: "updateVerificationFlowBody",
        form: true,
        answers: "200 @verificationFlow; 303; 400 @verificationFlow; 410 @errorGeneric",
    },
    Operation {
        id: "createNativeVerificationFlow",
        method: "get",
        path: "/self-service/verification/api",
        tag: "frontend",
        about: "Begins a verification for a program without a browser.",
        query: "return_to: text",
        answers: "200 @verificationFlow; 400 @errorGeneric",
        ..Operation::NONE
    },
    Operation {
        id: "createBrowserVerificationFlow",
        method: "get",
        path: "/self-service/verification/browser",
        tag: "frontend",
        about: "Begins a verification in a browser.",
        query: "return_to: text",
        answers: "200 @verificationFlow; 303",
        ..Operation::NONE
    },
    Operation {
        id: "getVerificationFlow",
        method: "get",
        path: "/self-service/verification/flows",
        tag: "frontend",
        about: "A verification, to be shown.",
        query: "id!: text",
        headers: &["Cookie"],
        answers: "200 @verificationFlow; 403 @errorGeneric; 404 @errorGeneric",
        ..Operation::NONE
    },
];
