/**
 * What the app keeps on this device, in IndexedDB: conversations {id, conv, token, title, last, seq, read, unread, role, ended,
 * unsent, at}, their events, messages that are on their way (for the service worker), and facts about the app itself.
 */
const MOST_CONVERSATIONS = 50; // with more the one that was silent longest leaves the device
const MOST_EVENTS = 300; // of one conversation; older ones come from the server
const rules = () => import('./record.js'); // needs the widget's modules, which the first view does without
const STORES = { conversations: 'id', events: 'id', outbox: 'cid', facts: 'name' };

export class Device {
  #shelf;
  #tell;
  #changed;

  /** `changed()`: something is different now, here or in another window of the app. */
  constructor(gemeente, changed) {
    this.gemeente = gemeente;
    this.#changed = changed;
    this.#shelf = opened(`balie-${gemeente}`).catch(() => new Memory()); // refused by the browser: as long as the page lives
    this.#tell = 'BroadcastChannel' in globalThis ? new BroadcastChannel(`balie-app:${gemeente}`) : null;
    this.#tell?.addEventListener('message', changed);
  }

  /** Where the widget's modules keep a conversation in localStorage. */
  area(id) {
    return `app:${this.gemeente}:${id}`;
  }

  /** All conversations, the newest first. */
  async list() {
    const found = await (await this.#shelf).all('conversations');
    return found.sort((a, b) => (a.at < b.at ? 1 : -1));
  }

  async get(id) {
    return (await this.#shelf).get('conversations', id);
  }

  /** A new conversation, or the one in which nothing was asked yet. */
  async begin() {
    const all = await this.list();
    const empty = all.find((record) => !record.title && !record.ended && !record.unsent);
    if (empty) return empty;
    for (const { id } of all.slice(MOST_CONVERSATIONS - 1)) await this.erase(id);
    const record = { id: newId(), at: new Date().toISOString(), unread: 0, read: 0, role: 'bot' };
    await (await this.#shelf).change(['conversations'], (shelf) => shelf.put('conversations', record));
    this.#announce();
    return record;
  }

  /** Changes what is known of a conversation; one that was erased stays gone. */
  async update(id, fields) {
    await (await this.#shelf).change(['conversations'], async (shelf) => {
      const record = await shelf.get('conversations', id);
      if (record) shelf.put('conversations', { ...record, ...fields });
    });
    this.#announce();
  }

  /** The events of a conversation without gaps, as they may be read now. */
  async events(id) {
    const { apply } = await rules();
    let kept = [];
    await (await this.#shelf).change(['events'], async (shelf) => {
      kept = apply((await shelf.get('events', id))?.events ?? []);
      if (kept.length) shelf.put('events', { id, events: kept }); // what is hidden now is gone from the device too
    });
    return kept;
  }

  /** Adds events; `read`: the number up to which the citizen has seen them. */
  async keep(id, events, read) {
    const { apply, summary } = await rules();
    await (await this.#shelf).change(['conversations', 'events'], async (shelf) => {
      const record = await shelf.get('conversations', id);
      if (!record) return;
      const before = (await shelf.get('events', id))?.events ?? [];
      const kept = apply(joined(before, events)).slice(-MOST_EVENTS);
      shelf.put('events', { id, events: kept });
      shelf.put('conversations', summary({ ...record, read: Math.max(record.read, read) }, kept));
    });
    this.#announce();
  }

  /** A message that isn't at the server yet, and how to bring it there; `null`: it has arrived, or never will. */
  async unsent(id, cid, item) {
    await (await this.#shelf).change(['conversations', 'outbox'], async (shelf) => {
      const record = await shelf.get('conversations', id);
      if (item && record) shelf.put('outbox', { ...item, cid, id }); // of a conversation that was erased nothing comes back
      else shelf.delete('outbox', cid);
      const waiting = (await shelf.all('outbox')).filter((other) => other.id === id);
      if (record) shelf.put('conversations', { ...record, unsent: waiting.length });
    });
    this.#announce();
  }

  /** Everything of a conversation is gone from this device. */
  async erase(id) {
    const { conv } = (await this.get(id)) ?? {};
    await (await this.#shelf).change(['conversations', 'events', 'outbox'], async (shelf) => {
      shelf.delete('conversations', id);
      shelf.delete('events', id);
      for (const item of await shelf.all('outbox')) if (item.id === id) shelf.delete('outbox', item.cid);
    });
    forgetArea(`balie:${this.area(id)}:`);
    if (conv) await hush(conv).catch(() => {}); // a browser without notifications
    this.#announce();
  }

  /** A fact about the app on this device, such as `push`; `value` null forgets it. */
  async fact(name) {
    return (await (await this.#shelf).get('facts', name))?.value ?? null;
  }

  async setFact(name, value) {
    await (await this.#shelf).change(['facts'], (shelf) =>
      (value === null ? shelf.delete('facts', name) : shelf.put('facts', { name, value })));
  }

  /** Nothing is left of what the citizen did with the app. */
  async clear() {
    for (const { id } of await this.list()) await this.erase(id);
    forgetArea(`balie:${this.area('')}`); // also of a conversation that the list lost
    await (await this.#shelf).change(['facts'], async (shelf) => {
      for (const { name } of await shelf.all('facts')) shelf.delete('facts', name);
    });
  }

  #announce() {
    this.#changed();
    this.#tell?.postMessage('changed');
  }
}

const newId = () => [...crypto.getRandomValues(new Uint8Array(4))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** Takes away the notification of a conversation. */
async function hush(conv) {
  const registration = await navigator.serviceWorker?.getRegistration('/app/');
  for (const shown of await registration?.getNotifications({ tag: conv }) ?? []) shown.close();
}

function forgetArea(prefix) {
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(prefix)) localStorage.removeItem(key);
  } catch {
    // storage refused: nothing was kept
  }
}

/** Two lists of events as one, each number once, the later version of it; what lies before a gap is left out. */
function joined(before, events) {
  const all = new Map([...before, ...events].map((event) => [event.seq, event]));
  const sorted = [...all.values()].sort((a, b) => a.seq - b.seq);
  const gap = sorted.findLastIndex((event, index) => index > 0 && event.seq !== sorted[index - 1].seq + 1);
  return gap > 0 ? sorted.slice(gap) : sorted;
}

/** IndexedDB as a shelf: get, all, put, delete; `change` does several of them as one. */
class Shelf {
  constructor(database, transaction = null) {
    this.database = database;
    this.transaction = transaction;
  }

  #store(name) {
    return (this.transaction ?? this.database.transaction(name)).objectStore(name);
  }

  get(name, key) {
    return asked(this.#store(name).get(key));
  }

  all(name) {
    return asked(this.#store(name).getAll());
  }

  put(name, value) {
    this.#store(name).put(value);
  }

  delete(name, key) {
    this.#store(name).delete(key);
  }

  async change(names, work) {
    const transaction = this.database.transaction(names, 'readwrite');
    const done = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
    await work(new Shelf(this.database, transaction));
    await done;
  }
}

/** The same in memory. */
class Memory {
  #stores = new Map(Object.keys(STORES).map((name) => [name, new Map()]));

  async get(name, key) {
    return this.#stores.get(name).get(key);
  }

  async all(name) {
    return [...this.#stores.get(name).values()];
  }

  put(name, value) {
    this.#stores.get(name).set(value[STORES[name]], value);
  }

  delete(name, key) {
    this.#stores.get(name).delete(key);
  }

  async change(_names, work) {
    await work(this);
  }
}

function asked(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function opened(name) {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => {
    for (const [store, key] of Object.entries(STORES)) request.result.createObjectStore(store, { keyPath: key });
  };
  return new Shelf(await asked(request));
}
