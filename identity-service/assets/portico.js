// What our own pages do beyond plain forms: buttons that ask an authenticator, and what is said when it does not answer.
// Without this script, or in a browser that knows no authenticators, those buttons stay hidden and the rest works.
(() => {
  "use strict";

  // The page holds the sentences, in the language it is read in.
  const say = (name) => {
    for (const place of document.querySelectorAll("[data-ceremony]")) {
      place.textContent = place.dataset[name] ?? "";
      place.hidden = !place.textContent;
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
    if (name === "InvalidStateError") say("known");
    else if (name === "SecurityError") say("forbidden");
    else say("failed");
  });

  if (window.__oryWebAuthnInitialized) wire();
  else window.addEventListener("oryWebAuthnInitialized", wire, { once: true });
})();
