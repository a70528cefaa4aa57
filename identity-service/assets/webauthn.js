// Security keys and passkeys for the forms of the self-service flows.
//
// A form holds the options of a ceremony as JSON, and a hidden input for its result. Each function below reads the one,
// asks the authenticator, writes the other and sends the form. Binary members travel as base64url without padding.
(() => {
  "use strict";

  if (typeof window === "undefined" || window.__oryWebAuthnInitialized) return;
  if (!window.PublicKeyCredential) {
    console.info("This browser knows neither security keys nor passkeys.");
    return;
  }

  const decoded = (text) => {
    const bytes = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(bytes, (character) => character.charCodeAt(0));
  };

  const encoded = (buffer) => {
    if (!buffer) return "";
    let bytes = "";
    for (const byte of new Uint8Array(buffer)) bytes += String.fromCharCode(byte);
    return btoa(bytes).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  };

  const named = (name) => document.getElementsByName(name)[0];

  const descriptors = (list) => (list || []).map((entry) => ({ ...entry, id: decoded(entry.id) }));

  // Options are copied, so that a second try finds them as they came.
  const requestOptions = ({ publicKey }) => ({
    ...publicKey,
    challenge: decoded(publicKey.challenge),
    allowCredentials: descriptors(publicKey.allowCredentials),
  });

  const creationOptions = ({ publicKey }, name) => ({
    ...publicKey,
    challenge: decoded(publicKey.challenge),
    user: {
      ...publicKey.user,
      ...(name ? { name, displayName: name } : {}),
      id: decoded(publicKey.user.id),
    },
    excludeCredentials: descriptors(publicKey.excludeCredentials),
  });

  const assertion = (credential) => ({
    id: credential.id,
    rawId: encoded(credential.rawId),
    type: credential.type,
    response: {
      authenticatorData: encoded(credential.response.authenticatorData),
      clientDataJSON: encoded(credential.response.clientDataJSON),
      signature: encoded(credential.response.signature),
      userHandle: encoded(credential.response.userHandle),
    },
  });

  const attestation = (credential) => {
    const { response } = credential;
    const transports = typeof response.getTransports === "function" ? response.getTransports() : undefined;
    return {
      id: credential.id,
      rawId: encoded(credential.rawId),
      type: credential.type,
      response: {
        attestationObject: encoded(response.attestationObject),
        clientDataJSON: encoded(response.clientDataJSON),
        ...(transports && transports.length > 0 ? { transports } : {}),
      },
    };
  };

  const send = (input, result) => {
    input.value = JSON.stringify(result);
    input.closest("form").submit();
  };

  // Pages that want to tell their visitor listen to this; a cancelled prompt is no fault of anybody.
  const failed = (error) => {
    console.warn("The ceremony with the authenticator ended without a result.", error);
    window.dispatchEvent(new CustomEvent("oryWebAuthnError", { detail: error }));
  };

  const missing = (...names) => {
    const absent = names.filter((name) => !named(name));
    if (absent.length > 0) console.error("The form lacks the inputs", absent.join(", "));
    return absent.length > 0;
  };

  const stopWaiting = () => {
    if (window.abortPasskeyConditionalUI) {
      window.abortPasskeyConditionalUI.abort("Another prompt takes its place.");
      window.abortPasskeyConditionalUI = undefined;
    }
  };

  const optionsOf = (options, trigger) => options || JSON.parse(trigger.value);

  const oryWebAuthnLogin = async (
    options,
    resultSelector = '*[name="webauthn_login"]',
    triggerSelector = '*[name="webauthn_login_trigger"]',
  ) => {
    const trigger = document.querySelector(triggerSelector);
    const result = document.querySelector(resultSelector);
    try {
      stopWaiting();
      const publicKey = requestOptions(optionsOf(options, trigger));
      send(result, assertion(await navigator.credentials.get({ publicKey })));
    } catch (error) {
      failed(error);
    }
  };

  const oryWebAuthnRegistration = async (
    options,
    resultSelector = '*[name="webauthn_register"]',
    triggerSelector = '*[name="webauthn_register_trigger"]',
  ) => {
    const trigger = document.querySelector(triggerSelector);
    const result = document.querySelector(resultSelector);
    try {
      const publicKey = creationOptions(optionsOf(options, trigger));
      send(result, attestation(await navigator.credentials.create({ publicKey })));
    } catch (error) {
      failed(error);
    }
  };

  const oryPasskeyLoginAutocompleteInit = async () => {
    if (missing("passkey_challenge", "passkey_login", "identifier")) return;
    // Test drivers that fill in what browsers suggest would answer the prompt.
    if (window.Cypress || !PublicKeyCredential.isConditionalMediationAvailable) return;
    try {
      if (!(await PublicKeyCredential.isConditionalMediationAvailable())) return;
      stopWaiting();
      const waiting = new AbortController();
      window.abortPasskeyConditionalUI = waiting;
      const publicKey = requestOptions(JSON.parse(named("passkey_challenge").value));
      const found = await navigator.credentials.get({ publicKey, mediation: "conditional", signal: waiting.signal });
      send(named("passkey_login"), assertion(found));
    } catch (error) {
      // It ends like this whenever another prompt takes over: nobody has asked for anything.
      console.info("The browser's suggestion of passkeys has ended.", error);
    }
  };

  const oryPasskeyLogin = async () => {
    if (missing("passkey_challenge", "passkey_login")) return;
    try {
      stopWaiting();
      const publicKey = requestOptions(JSON.parse(named("passkey_challenge").value));
      send(named("passkey_login"), assertion(await navigator.credentials.get({ publicKey })));
    } catch (error) {
      failed(error);
      if (named("identifier")) oryPasskeyLoginAutocompleteInit();
    }
  };

  // The account's name is what was typed into the first of these inputs that is filled.
  const typedName = (form, { displayNameFieldNames, displayNameFieldName }) => {
    const names = displayNameFieldNames && displayNameFieldNames.length ? displayNameFieldNames : [displayNameFieldName];
    const inputs = names.filter(Boolean).map((name) => form.elements.namedItem(name));
    const filled = inputs.find((input) => input && input.value);
    return filled ? filled.value : "";
  };

  const oryPasskeyRegistration = async () => {
    if (missing("passkey_create_data", "passkey_register")) return;
    try {
      const data = named("passkey_create_data");
      const wanted = JSON.parse(data.value);
      const publicKey = creationOptions(wanted.credentialOptions, typedName(data.closest("form"), wanted));
      send(named("passkey_register"), attestation(await navigator.credentials.create({ publicKey })));
    } catch (error) {
      failed(error);
    }
  };

  const oryPasskeySettingsRegistration = async () => {
    if (missing("passkey_create_data", "passkey_settings_register")) return;
    try {
      const publicKey = creationOptions(JSON.parse(named("passkey_create_data").value));
      send(named("passkey_settings_register"), attestation(await navigator.credentials.create({ publicKey })));
    } catch (error) {
      failed(error);
    }
  };

  const functions = {
    oryWebAuthnLogin,
    oryWebAuthnRegistration,
    oryPasskeyLogin,
    oryPasskeyLoginAutocompleteInit,
    oryPasskeyRegistration,
    oryPasskeySettingsRegistration,
  };
  for (const [name, run] of Object.entries(functions)) {
    window[name] = run;
    window[`__${name}`] = run;
  }
  window.__oryWebAuthnInitialized = true;
  window.dispatchEvent(new CustomEvent("oryWebAuthnInitialized"));
})();
