/**
 * The page where the citizen logged in hands its code to the chat, so that it need not be typed. Only a page of the chat's
 * own server is heard, and only while the chat asks for a code: it goes into that question as if it had been typed.
 */
const CODE = /^[A-HJKMNP-Z2-9]{6}$/;

export function takeLoginCodes(server, log) {
  const { origin } = new URL(server);
  addEventListener('message', ({ origin: from, data, source }) => {
    if (from !== origin || data?.balie !== 'login' || typeof data.code !== 'string' || !CODE.test(data.code)) return;
    const asked = [...log.querySelectorAll('form.ask:not([data-retired]) input[name=inlogcode]')].at(-1);
    if (!asked) return;
    asked.value = data.code;
    asked.form.requestSubmit();
    source?.postMessage({ balie: 'login-taken' }, from);
  });
}
