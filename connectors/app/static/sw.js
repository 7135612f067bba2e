/**
 * Service worker of the app. The server puts `self.APP = {version, files}` before it: every version of the code is another
 * service worker with a cache of its own, so modules of two versions never meet. It keeps the shell, sends what waits when the
 * network is back, and shows notifications without a word of what was said.
 */
const { version, files } = self.APP;
const PREFIX = 'balie-app-';
const CACHE = PREFIX + version;
const STATIC = `/app/static/${version}/`;
const SHELL = /^\/app\/([^/]+)\/$/;
const OUTBOX = 'balie-outbox';
const FACT = 'push'; // as in push.js
const OFFLINE = `<!doctype html><html lang="nl"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Geen internet</title><h1>U heeft geen internet</h1><p>Kijk of u verbinding heeft en probeer het opnieuw.</p>`;

self.addEventListener('install', (event) => event.waitUntil(install()));
self.addEventListener('activate', (event) => event.waitUntil(activate()));
self.addEventListener('push', (event) => event.waitUntil(pushed(event.data)));
self.addEventListener('notificationclick', (event) => event.waitUntil(clicked(event.notification)));
self.addEventListener('pushsubscriptionchange', (event) => event.waitUntil(resubscribed(event)));
self.addEventListener('sync', (event) => event.tag === OUTBOX && event.waitUntil(sendAll()));
self.addEventListener('message', ({ data }) => data === 'take over' && self.skipWaiting());
self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== self.location.origin || request.method !== 'GET') return;
  if (request.mode === 'navigate' && SHELL.test(pathname)) event.respondWith(page(pathname));
  else if (request.mode === 'navigate') event.respondWith(fetch(request).catch(offline));
  else if (pathname.startsWith('/app/static/')) event.respondWith(file(request));
});

// The shell

/** All files of this version, and the pages of the municipalities that this device uses. One that is missing: no install. */
async function install() {
  const cache = await caches.open(CACHE);
  await cache.addAll(files.map((name) => STATIC + name));
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const open = windows.map(({ url }) => new URL(url).pathname);
  for (const path of new Set([...await shells(), ...open])) if (SHELL.test(path)) await keep(cache, path);
}

async function shells() {
  const found = [];
  for (const name of await caches.keys()) {
    if (!name.startsWith(PREFIX)) continue;
    for (const { url } of await (await caches.open(name)).keys()) found.push(new URL(url).pathname);
  }
  return found;
}

/** Fetches the page of a municipality and its theme; only of this very version. */
async function keep(cache, path) {
  const response = await fetch(path, { cache: 'no-store' });
  if (response.ok && response.headers.get('Balie-App-Version') !== version) throw new Error('another version');
  if (!response.ok) return; // a municipality that is no longer served
  await cache.put(path, response);
  await cache.add(`${STATIC}theme/${SHELL.exec(path)[1]}.css`);
}

async function activate() {
  const old = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

/** A page from the cache. When a new version waits and no other window uses the old one, the new one takes over first. */
async function page(path) {
  const waiting = self.registration.waiting;
  if (waiting && (await self.clients.matchAll({ type: 'window' })).length < 2) {
    waiting.postMessage('take over');
    return new Response('', { headers: { Refresh: '0' } });
  }
  const cache = await caches.open(CACHE);
  const kept = await cache.match(path);
  if (kept) {
    self.registration.update().catch(() => {}); // is there a newer version? for the next time
    return kept;
  }
  try {
    const response = await fetch(path);
    if (response.ok) await keep(cache, path).catch(() => {});
    return response;
  } catch {
    return offline();
  }
}

const offline = () => new Response(OFFLINE, { headers: { 'Content-Type': 'text/html; charset=utf-8' } });

async function file(request) {
  return await caches.match(request) ?? fetch(request);
}

// What the device keeps: see device.js, which makes the database

async function opened(gemeente) {
  const request = indexedDB.open(`balie-${gemeente}`);
  request.onupgradeneeded = () => request.transaction.abort(); // the app was never used: leave no database behind
  return asked(request);
}

function asked(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

const all = (database, store) => asked(database.transaction(store).objectStore(store).getAll());
const get = (database, store, key) => asked(database.transaction(store).objectStore(store).get(key));
const put = (database, store, value) => asked(database.transaction(store, 'readwrite').objectStore(store).put(value));
const drop = (database, store, key) => asked(database.transaction(store, 'readwrite').objectStore(store).delete(key));

/** Changes a conversation in one step: one that was erased meanwhile stays gone. `fields(record)`: what becomes different. */
async function change(database, id, fields) {
  const store = database.transaction('conversations', 'readwrite').objectStore('conversations');
  const record = await asked(store.get(id));
  if (record) await asked(store.put({ ...record, ...fields(record) }));
}

async function gemeenten() {
  return [...new Set((await shells()).map((path) => SHELL.exec(path)?.[1]).filter(Boolean))];
}

// Notifications

async function pushed(data) {
  const { gemeente, conv } = read(data);
  const database = await opened(gemeente).catch(() => null);
  const record = database && (await all(database, 'conversations')).find((other) => other.conv === conv);
  const name = database && (await get(database, 'facts', 'name'))?.value;
  const url = `/app/${gemeente && `${gemeente}/`}${record ? `#gesprek/${record.id}` : ''}`;
  const windows = await self.clients.matchAll({ type: 'window' });
  windows.forEach((window) => window.postMessage('news'));
  if (windows.some((window) => window.focused && record && window.url.endsWith(url))) return; // it is being read
  if (record) await change(database, record.id, ({ unread }) => ({ unread: unread + 1 }));
  if (database) await count(database);
  await self.registration.showNotification(name ?? 'Gemeente', {
    body: `U heeft een nieuw bericht van ${name ?? 'de gemeente'}.`, lang: 'nl', tag: conv, renotify: true,
    icon: `${STATIC}app/icons/icon-192.png`, badge: `${STATIC}app/icons/badge-96.png`, data: { url },
  });
}

function read(data) {
  try {
    const { gemeente, conv } = data.json();
    return { gemeente: String(gemeente), conv: String(conv) };
  } catch {
    return { gemeente: '', conv: '' };
  }
}

async function count(database) {
  const unread = (await all(database, 'conversations')).reduce((sum, record) => sum + record.unread, 0);
  await self.navigator.setAppBadge?.(unread).catch(() => {});
}

/** To the conversation: in a window that is open, or in a new one. */
async function clicked(notification) {
  notification.close();
  const { url } = notification.data;
  const windows = await self.clients.matchAll({ type: 'window' });
  const window = windows.find((other) => new URL(other.url).pathname === url.split('#')[0]);
  if (!window) return self.clients.openWindow(url);
  window.postMessage({ open: url });
  return window.focus();
}

/** The browser gave us another address for notifications: the server hears it for every conversation. */
async function resubscribed(event) {
  for (const gemeente of await gemeenten()) {
    const database = await opened(gemeente).catch(() => null);
    const fact = database && await get(database, 'facts', FACT);
    if (!fact?.value?.on) continue;
    const options = { userVisibleOnly: true, applicationServerKey: fact.value.key };
    const fresh = event.newSubscription ?? await self.registration.pushManager.subscribe(options);
    const { endpoint, keys } = fresh.toJSON();
    await put(database, 'facts', { name: FACT, value: { ...fact.value, subscription: { endpoint, keys } } });
    for (const record of await all(database, 'conversations')) {
      if (!record.pushed || record.ended) continue;
      const body = { kind: 'webpush', subscription: { endpoint, keys } };
      const answer = await call('PUT', record, `/push/${fact.value.device}`, body).catch(() => null);
      if (!answer?.ok) await change(database, record.id, () => ({ pushed: false })); // the app does it when it opens
    }
  }
}

// What waits to be sent

/** Oldest first. The same `cid` as the app uses: whoever comes second sends nothing new. Throws when there is no network yet. */
async function sendAll() {
  for (const gemeente of await gemeenten()) {
    const database = await opened(gemeente).catch(() => null);
    const items = database ? await all(database, 'outbox') : [];
    for (const item of items.sort((a, b) => a.order - b.order)) {
      const record = await get(database, 'conversations', item.id);
      if (!record?.conv) continue; // its conversation is begun when the app opens
      const { status } = await call('POST', record, '/messages', item.message);
      if (status === 429 || status >= 500) throw new Error(`HTTP ${status}`);
      if (status < 300) await drop(database, 'outbox', item.cid); // what is refused is told when the app opens
    }
  }
  for (const window of await self.clients.matchAll({ type: 'window' })) window.postMessage('sent');
}

function call(method, { conv, token }, path, body) {
  return fetch(`/v1/conv/${conv}${path}`, {
    method, body: JSON.stringify(body), credentials: 'omit', cache: 'no-store',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
  });
}
