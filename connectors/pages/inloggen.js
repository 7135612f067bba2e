/** Gives the code to the page that opened this one, if it is a page of the municipality; the chat there says when it has it. */
const place = document.getElementById('doorgegeven');
const { code, opener: origin, taken } = place.dataset;

addEventListener('message', (event) => {
  if (event.origin !== origin || event.source !== globalThis.opener || event.data?.balie !== 'login-taken') return;
  for (const typing of document.querySelectorAll('.to-type')) typing.remove(); // a code that was used is of no use
  place.textContent = taken;
  place.className = 'warning';
});
globalThis.opener?.postMessage({ balie: 'login', code }, origin);
