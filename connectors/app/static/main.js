/** Starts the app, and its service worker once the first view is there. */
import './app.js';

const WORKER = '/app/sw.js';
const policy = globalThis.trustedTypes?.createPolicy('balie-app', {
  createScriptURL: (address) => {
    if (address !== WORKER) throw new TypeError(address);
    return address;
  },
});
const app = document.querySelector('balie-app');

/** The next version is taken at the next start: until then the page keeps the modules of this one. */
function watch(registration) {
  const tell = (worker) => worker?.addEventListener('statechange', () => {
    if (worker.state === 'installed' && navigator.serviceWorker.controller) app.outdated = true;
  });
  if (registration.waiting && navigator.serviceWorker.controller) app.outdated = true;
  tell(registration.installing);
  registration.addEventListener('updatefound', () => tell(registration.installing));
}

if ('serviceWorker' in navigator) {
  navigator.serviceWorker.addEventListener('message', ({ data }) => {
    if (data?.open) location.hash = new URL(data.open, location.href).hash;
    else app.news();
  });
  const register = () => navigator.serviceWorker.register(policy?.createScriptURL(WORKER) ?? WORKER, {
    scope: '/app/', updateViaCache: 'none',
  }).then(watch).catch(() => {}); // refused by the browser: the app works while there is a network
  if (document.readyState === 'complete') register();
  else addEventListener('load', register, { once: true });
}
