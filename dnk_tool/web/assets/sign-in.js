/** Passkeys, and the way back from single sign-on. Loaded only by the pages that need it. */

// ---- <form data-passkey="get|create" data-options="URL">: shown where the browser can do it.

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

/** What the server wrote in letters, in the bytes that the browser wants. */
function readable(options) {
  options.challenge = bytes(options.challenge);
  const { user, excludeCredentials = [], allowCredentials = [] } = options;
  for (const one of [user, ...excludeCredentials, ...allowCredentials]) if (one) one.id = bytes(one.id);
  return options;
}

/** What the browser answers in bytes, in letters. */
function written({ id, rawId, type, response }) {
  const given = { transports: response.getTransports?.() ?? [] };
  for (const name in response) if (response[name] instanceof ArrayBuffer) given[name] = text(response[name]);
  return JSON.stringify({ id, rawId: text(rawId), type, response: given });
}

async function ask(form) {
  const answer = await fetch(form.dataset.options, { method: "POST", body: new FormData(form) });
  if (!answer.ok) throw new Error(answer.status);
  const publicKey = readable(await answer.json());
  form.elements.credential.value = written(await navigator.credentials[form.dataset.passkey]({ publicKey }));
}

function offer(form) {
  const status = form.querySelector("[data-passkey-status]");
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    status.textContent = "";
    try {
      await ask(form);
      form.submit(); // without the event: the answer is there
    } catch {
      status.textContent = form.dataset.failed; // declined, too slow, no passkey here, or no network
    }
  });
}

if (window.PublicKeyCredential && navigator.credentials) {
  document.querySelectorAll("form[data-passkey]").forEach(offer);
  document.querySelectorAll("[data-no-passkeys]").forEach((hint) => hint.remove());
}

// ---- <form data-go-on>: goes on by itself.

document.querySelector("form[data-go-on]")?.submit();
