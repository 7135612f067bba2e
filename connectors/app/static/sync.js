/** Keeps the conversations up to date that aren't on the screen: what came in, and what is still to be sent. */
import { Client } from '../widget/client.js';
import { Store } from '../widget/outbox.js';
import { Api, Problem } from '../widget/transport.js';
import { follow } from './follow.js';

const MOST = 20; // conversations that are looked at, the newest
const LATEST = 50; // events of each
const PATIENCE = 30_000; // ms for messages that wait; after that the next time
const ANSWER = 8_000; // ms after the last one for an answer, which the list shows at once

export { Api, Problem };

export class Sync {
  #device;
  #server;
  #api;
  #running = null;

  constructor(device, server) {
    this.#device = device;
    this.#server = server;
    this.#api = new Api(server);
  }

  /** Looks at the conversations but `open`: `all`, or those where something is to be expected. Throws without a network. */
  run(open, all) {
    this.#running ??= this.#some(open, all).finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #some(open, all) {
    const expects = ({ unsent, role, follows }) => all || unsent || follows || role !== 'bot';
    const found = (await this.#device.list()).filter((record) => record.id !== open && !record.ended && expects(record));
    for (const record of found.slice(0, MOST)) await this.#one(record);
  }

  async #one({ id }) {
    const store = new Store(this.#device.area(id));
    if (store.outbox.length) return this.#deliver(id);
    if (!store.conversation) return undefined;
    try {
      const events = await this.#api.history(store.conversation, { limit: LATEST });
      return await this.#device.keep(id, events, store.read);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return error.gone ? this.#device.update(id, { ended: true, unsent: 0 }) : undefined;
    }
  }

  /** Sends what waits in a conversation, as if it were on the screen. */
  async #deliver(id) {
    const client = new Client({
      server: this.#server, gemeente: this.#device.gemeente, channel: 'app', area: this.#device.area(id), ends: true,
      kept: () => this.#device.events(id),
    });
    const following = follow(client, this.#device, id);
    const store = new Store(this.#device.area(id));
    const done = new Promise((resolve) => {
      const sent = () => !store.outbox.length;
      client.addEventListener('outbox', () => sent() && setTimeout(resolve, ANSWER));
      client.addEventListener('event', ({ detail: { type } }) => type === 'turn_done' && sent() && resolve());
      client.addEventListener('ended', resolve);
      client.addEventListener('connection', ({ detail: { state } }) => state === 'refused' && resolve());
      setTimeout(resolve, PATIENCE);
    });
    client.start();
    await done;
    client.close();
    await following.idle();
  }
}

/** Erases a conversation at the server too. Throws when it can't be reached: then the device keeps the key to it. */
export async function eraseEverywhere(device, server, record) {
  const { conv, token } = record;
  const conversation = new Store(device.area(record.id)).conversation ?? (conv && { conv, token }); // one may be lost
  if (conversation && !record.ended) await new Api(server).erase(conversation).catch((error) => error.gone || Promise.reject(error));
  await device.erase(record.id);
}
