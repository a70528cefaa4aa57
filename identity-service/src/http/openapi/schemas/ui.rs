//! Forms: nodes, messages, and what a client does next.

use super::Schema;

/// The schemas of this area.
pub(super) const SCHEMAS: &[Schema] = &[
    Schema::new("ID", "The number of a message, for translations; it never changes its meaning.", "int"),
    Schema::union(
        "continueWith",
        "Something a client should do next.",
        "action",
        &[
            ("redirect_browser_to", "continueWithRedirectBrowserTo"),
            ("set_ory_session_token", "continueWithSetOrySessionToken"),
            ("show_pin_entry_ui", "continueWithDeviceAuthnPinEntryUi"),
            ("show_recovery_ui", "continueWithRecoveryUi"),
            ("show_settings_ui", "continueWithSettingsUi"),
            ("show_verification_ui", "continueWithVerificationUi"),
        ],
    ),
    Schema::new(
        "continueWithDeviceAuthnPinEntryUi",
        "Ask for the PIN of a device key. Not sent by this service.",
        "{ action!: in 'show_pin_entry_ui'; data!: @continueWithDeviceAuthnPinEntryUiData }",
    ),
    Schema::new(
        "continueWithDeviceAuthnPinEntryUiData",
        "What the PIN is to open.",
        "{ ciphertext!: text; enc!: text }",
    ),
    Schema::new(
        "continueWithRecoveryUi",
        "Show a recovery flow.",
        "{ action!: in 'show_recovery_ui'; flow!: @continueWithRecoveryUiFlow }",
    ),
    Schema::new("continueWithRecoveryUiFlow", "Which recovery flow.", "{ id!: uuid; url: text }"),
    Schema::new(
        "continueWithRedirectBrowserTo",
        "Send the browser somewhere.",
        "{ action!: in 'redirect_browser_to'; redirect_browser_to!: text }",
    ),
    Schema::new(
        "continueWithSetOrySessionToken",
        "Keep a session token.",
        "{ action!: in 'set_ory_session_token'; ory_session_token!: text }",
    ),
    Schema::new(
        "continueWithSettingsUi",
        "Show a settings flow.",
        "{ action!: in 'show_settings_ui'; flow!: @continueWithSettingsUiFlow }",
    ),
    Schema::new("continueWithSettingsUiFlow", "Which settings flow.", "{ id!: uuid; url: text }"),
    Schema::new(
        "continueWithVerificationUi",
        "Show a verification flow.",
        "{ action!: in 'show_verification_ui'; flow!: @continueWithVerificationUiFlow }",
    ),
    Schema::new(
        "continueWithVerificationUiFlow",
        "Which verification flow, and for which address.",
        "{ id!: uuid; url: text; verifiable_address!: text }",
    ),
    Schema::new(
        "uiContainer",
        "A form: where it is sent to, what it shows.",
        "{ action!: text; messages: @uiTexts; method!: text; nodes!: @uiNodes }",
    ),
    Schema::new(
        "uiNode",
        "A part of a form.",
        "{ attributes!: @uiNodeAttributes; \
        group!: in 'default','password','oidc','profile','link','code','totp','lookup_secret','webauthn','passkey','identifier_first','captcha','saml','deviceauthn'; \
        messages!: @uiTexts; meta!: @uiNodeMeta; type!: in 'text','input','img','a','script','div' }",
    ),
    Schema::new("uiNodeAnchorAttributes", "A link.", "{ href!: text; id!: text; node_type!: in 'a'; title!: @uiText }"),
    Schema::union(
        "uiNodeAttributes",
        "What a node is, by its type.",
        "node_type",
        &[
            ("a", "uiNodeAnchorAttributes"),
            ("div", "uiNodeDivisionAttributes"),
            ("img", "uiNodeImageAttributes"),
            ("input", "uiNodeInputAttributes"),
            ("script", "uiNodeScriptAttributes"),
            ("text", "uiNodeTextAttributes"),
        ],
    ),
    Schema::new(
        "uiNodeDivisionAttributes",
        "A place scripts can use.",
        "{ class: text; data: map text; id!: text; node_type!: in 'div' }",
    ),
    Schema::new(
        "uiNodeImageAttributes",
        "A picture.",
        "{ height!: int; id!: text; node_type!: in 'img'; src!: text; width!: int }",
    ),
    Schema::new(
        "uiNodeInputAttributes",
        "An input or a button.",
        "{ \
        autocomplete: in 'email','tel','url','current-password','new-password','one-time-code','username','username webauthn'; \
        disabled!: bool; label: @uiText; maxlength: int; name!: text; node_type!: in 'input'; \
        onclick: text; \
        onclickTrigger: in 'oryWebAuthnRegistration','oryWebAuthnLogin','oryPasskeyLogin','oryPasskeyLoginAutocompleteInit','oryPasskeyRegistration','oryPasskeySettingsRegistration'; \
        onload: text; \
        onloadTrigger: in 'oryWebAuthnRegistration','oryWebAuthnLogin','oryPasskeyLogin','oryPasskeyLoginAutocompleteInit','oryPasskeyRegistration','oryPasskeySettingsRegistration'; \
        options: [@uiNodeInputAttributesOption]; pattern: text; required: bool; \
        type!: in 'text','password','number','checkbox','hidden','email','tel','submit','button','datetime-local','date','url'; \
        value: any? }",
    ),
    Schema::new("uiNodeInputAttributesOption", "One value that can be chosen.", "{ value!: any }"),
    Schema::new("uiNodeMeta", "What is said about a node.", "{ label: @uiText }"),
    Schema::new(
        "uiNodeScriptAttributes",
        "A script the form needs.",
        "{ async!: bool; crossorigin!: text; id!: text; integrity!: text; node_type!: in 'script'; \
        nonce!: text; referrerpolicy!: text; src!: text; type!: text }",
    ),
    Schema::new("uiNodeTextAttributes", "A text.", "{ id!: text; node_type!: in 'text'; text!: @uiText }"),
    Schema::new("uiNodes", "The parts of a form, in order.", "[@uiNode]"),
    Schema::new(
        "uiText",
        "A message, with a number for translations.",
        "{ context: object; id!: @ID; text!: text; type!: in 'info','error','success' }",
    ),
    Schema::new("uiTexts", "Messages.", "[@uiText]"),
];
