// What our own pages do beyond plain forms: buttons that ask an authenticator, and what is said when it does not answer.
// Without this script, or in a browser that knows no authenticators, those buttons stay hidden and the rest works.
(() => {
  "use strict";

  const say = (text) => {
    for (const place of document.querySelectorAll("[data-ceremony]")) {
      place.textContent = text;
      place.hidden = !text;
    }
  };

  const wire = () => {
    for (const button of document.querySelectorAll("button[data-onclick]")) {
      button.hidden = false;
      button.addEventListener("click", () => {
        say("");
        window[button.dataset.onclick]?.();
      });
    }
    for (const input of document.querySelectorAll("input[data-onload]")) window[input.dataset.onload]?.();
  };

  window.addEventListener("oryWebAuthnError", ({ detail }) => {
    const name = detail?.name;
    if (name === "InvalidStateError") say("This device or key is registered already.");
    else if (name === "SecurityError") say("The browser does not allow security keys and passkeys at this address.");
    else say("Nothing was confirmed. You can try again, or choose another way.");
  });

  if (window.__oryWebAuthnInitialized) wire();
  else window.addEventListener("oryWebAuthnInitialized", wire, { once: true });
})();
