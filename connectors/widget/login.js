/**
 * Loaded with a question for the code of a login: the page where the citizen logged in hands it over, so that it need not be
 * typed. Only a page of the chat's own server is heard, and only as long as the question can be answered.
 */
const CODE = /^[A-HJKMNP-Z2-9]{6}$/;

/** @param {string} server @param {HTMLInputElement} field the code goes in here, as if it had been typed */
export function takeCode(server, field) {
  const { origin } = new URL(server);
  const done = new AbortController();
  addEventListener('message', ({ origin: from, data, source }) => {
    if (from !== origin || data?.balie !== 'login' || typeof data.code !== 'string' || !CODE.test(data.code)) return;
    if (!field.isConnected) return void done.abort();
    if ('retired' in field.form.dataset) return;
    field.value = data.code;
    field.form.requestSubmit();
    source?.postMessage({ balie: 'login-taken' }, from);
  }, { signal: done.signal });
}
