/** Gives the code to the page that opened this one, if it is a page of the municipality; the chat there says when it has it. */
const place = document.getElementById('doorgegeven');
const { code, opener: origin } = place.dataset;

addEventListener('message', (event) => {
  if (event.origin !== origin || event.source !== globalThis.opener || event.data?.balie !== 'login-taken') return;
  place.textContent = 'De code is doorgegeven aan uw gesprek. U kunt deze pagina sluiten.';
});
globalThis.opener?.postMessage({ balie: 'login', code }, origin);
