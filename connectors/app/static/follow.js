/** Writes what a conversation's client tells into what the device keeps. */
const SYNC = 'balie-outbox';

/**
 * Follows a client of the widget (client.js) for conversation `id`. The writes are done one after the other; `idle()` promises
 * that all of them are done.
 */
export function follow(client, device, id) {
  let writing = Promise.resolve();
  const write = (work) => {
    writing = writing.then(work).catch(() => {}); // a device that is full: the server has it all
  };
  const keep = (events) => write(() => device.keep(id, events, client.seen));
  const key = () => write(() => device.update(id, keyOf(client)));
  const takes = {
    started: key,
    renewed: key,
    history: ({ events }) => keep(events),
    event: (event) => keep([event]),
    outbox: ({ item, state }) => write(() => outbox(client, device, id, item, state)),
    ended: () => write(() => device.update(id, { ended: true, unsent: 0 })),
  };
  for (const [name, take] of Object.entries(takes)) client.addEventListener(name, ({ detail }) => take(detail));
  return { idle: () => writing, seen: () => keep([]) };
}

function keyOf(client) {
  const { conv, token } = client.conversation ?? {};
  return { conv, token };
}

/** What waits is also kept where the service worker can send it, when the app is closed before there is a connection. */
async function outbox(client, device, id, { message, order }, state) {
  const waits = state === 'sending' || state === 'waiting';
  await device.unsent(id, message.cid, waits ? { message, order } : null);
  if (state === 'waiting') wakeLater();
}

/** Asks the browser to wake the service worker when there is a network. Not in every browser, and people may refuse it. */
function wakeLater() {
  navigator.serviceWorker?.ready.then((registration) => registration.sync?.register(SYNC)).catch(() => {});
}
