/** Notifications: asked for by the citizen alone, one subscription for the app, told to the server for each conversation. */
const FACT = 'push';

export class Push {
  #device;
  #told = new Set(); // conversations that the server was told of: tried once while the app is open

  /** The public key of the server; none while it isn't known or when the server sends no notifications. */
  key = null;

  constructor(device) {
    this.#device = device;
  }

  /** How it stands: on | off | denied | install (works once on the home screen) | unable. */
  async state() {
    const able = 'serviceWorker' in navigator && 'PushManager' in globalThis && 'Notification' in globalThis;
    if (!able && isApple() && !standalone()) return 'install';
    if (!able || !this.key) return 'unable';
    if (Notification.permission === 'denied') return 'denied';
    const fact = await this.#device.fact(FACT);
    const here = fact?.on && fact.key === this.key && Notification.permission === 'granted' && (await subscribed());
    return here ? 'on' : 'off'; // what was taken back in the browser's own settings, or was made for another key, is asked anew
  }

  /** Asks the browser, and tells the server. Call it from a press of the citizen. @returns the new state */
  async turnOn() {
    if ((await Notification.requestPermission()) !== 'granted') return this.state();
    const registration = await registered();
    const options = { userVisibleOnly: true, applicationServerKey: bytes(this.key) };
    const fact = await this.#device.fact(FACT);
    if (fact && fact.key !== this.key) await (await subscribed())?.unsubscribe(); // a browser has one for one key
    const subscription = await registration.pushManager.subscribe(options);
    const device = fact?.device ?? crypto.randomUUID();
    await this.#device.setFact(FACT, { on: true, device, key: this.key, subscription: subscription.toJSON() });
    this.#told.clear();
    for (const record of await this.#device.list()) await this.follow({ ...record, pushed: false });
    return 'on';
  }

  async turnOff() {
    const fact = await this.#device.fact(FACT);
    await this.#device.setFact(FACT, { ...fact, on: false });
    for (const record of await this.#device.list()) {
      if (record.pushed) await this.#tell('DELETE', record, fact.device).catch(() => {}); // a subscription that is gone says so
      await this.#device.update(record.id, { pushed: false });
    }
    await (await subscribed())?.unsubscribe();
    return this.state();
  }

  /** A conversation gets notifications too, once they are on. */
  async follow({ id, conv, token, ended, pushed }) {
    const fact = await this.#device.fact(FACT);
    if (!fact?.on || !conv || ended || pushed || this.#told.has(id)) return;
    this.#told.add(id);
    try {
      await this.#tell('PUT', { conv, token }, fact.device, { kind: 'webpush', subscription: keysOf(fact.subscription) });
      await this.#device.update(id, { pushed: true });
    } catch {
      // the next time that the app is opened
    }
  }

  async #tell(method, { conv, token }, device, body) {
    const headers = { Authorization: `Bearer ${token}`, ...(body && { 'Content-Type': 'application/json' }) };
    const options = { method, headers, body: body && JSON.stringify(body), credentials: 'omit', cache: 'no-store' };
    const response = await fetch(`/v1/conv/${conv}/push/${device}`, options);
    if (!response.ok && method === 'PUT') throw new Error(`HTTP ${response.status}`);
  }
}

/** The service worker's, if the browser has taken it: waiting for `ready` could be for ever. */
const registered = () => navigator.serviceWorker?.getRegistration('/app/');

const subscribed = async () => (await registered())?.pushManager.getSubscription();

const keysOf = ({ endpoint, keys }) => ({ endpoint, keys });

const bytes = (key) => Uint8Array.from(atob(key.replace(/-/g, '+').replace(/_/g, '/')), (letter) => letter.charCodeAt(0));

/** Whether the app was opened from the home screen. */
export const standalone = () => matchMedia('(display-mode: standalone)').matches || navigator.standalone === true;

/** Safari on an iPhone or iPad, which installs an app and shows notifications in its own way. */
export const isApple = () => 'standalone' in navigator;
