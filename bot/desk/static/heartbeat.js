/** For who has no conversations, and so no stream of lists: is the server there, and are we still signed in? */
const SECONDS = 30;

export class Heartbeat {
  #hooks;
  #timer = 0;
  #stopped = false;

  /** @param {{live: () => void, lost: () => void, gone: () => void}} hooks */
  constructor(hooks) {
    this.#hooks = hooks;
  }

  run() {
    this.wake();
  }

  stop() {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  drop() {
    this.#hooks.lost();
  }

  /** Look now. */
  async wake() {
    if (this.#stopped) return;
    clearTimeout(this.#timer);
    try {
      const answer = await fetch('/desk', { redirect: 'manual', cache: 'no-store', signal: AbortSignal.timeout(10_000) });
      if (this.#stopped) return;
      if (answer.type === 'opaqueredirect') return void this.#hooks.gone(); // to the page where one signs in
      if (answer.ok) this.#hooks.live();
      else this.#hooks.lost();
    } catch {
      this.#hooks.lost();
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.wake(), SECONDS * 1000);
  }
}
