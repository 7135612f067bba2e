/** An event stream that comes back by itself: at once when the network returns, else after 1 to 30 seconds. */
import { Problem, stream } from './api.js';

const SILENCE = 35_000; // pings come every 15 s: no word for so long means that the connection is dead
const FIRST = 1_000;
const MOST = 30_000;

async function* events(body, alive) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    alive();
    const frames = (rest + value).split('\n\n');
    rest = frames.pop();
    for (const frame of frames) {
      const data = frame.split('\n').filter((line) => line.startsWith('data:')).map((line) => line.slice(5));
      if (data.length) yield JSON.parse(data.join('\n'));
    }
  }
}

export class Stream {
  #path;
  #hooks;
  #stopped = false;
  #attempt = new AbortController();
  #wake = () => {};
  #heard = 0;

  /**
   * @param {() => string} path asked anew at every connection, so that it can say where to go on
   * @param {{event: (event: object) => void, live: () => void, lost: () => void, refused: (problem: Problem) => void}} hooks
   */
  constructor(path, hooks) {
    this.#path = path;
    this.#hooks = hooks;
  }

  /** Runs until stopped or refused for good. */
  async run() {
    for (let failures = 0; !this.#stopped; ) {
      const started = performance.now();
      try {
        await this.#read();
      } catch (error) {
        if (this.#stopped) return;
        if (error instanceof Problem && !error.passing) return void this.#hooks.refused(error);
        failures = this.#heard > started ? 1 : failures + 1;
        this.#hooks.lost();
        await this.#pause(error.wait ?? Math.min(MOST, FIRST * 2 ** (failures - 1)));
      }
    }
  }

  stop() {
    this.#stopped = true;
    this.#attempt.abort();
    this.#wake();
  }

  /** The network or the page is back: try now, and don't trust a connection that has been silent. */
  wake() {
    this.#wake();
    if (performance.now() - this.#heard > SILENCE / 2) this.#attempt.abort();
  }

  /** The network is gone: find out now instead of at the next silence. */
  drop() {
    this.#attempt.abort();
  }

  async #read() {
    this.#attempt = new AbortController();
    let timer;
    const alive = () => {
      this.#heard = performance.now();
      clearTimeout(timer);
      timer = setTimeout(() => this.#attempt.abort(), SILENCE);
    };
    timer = setTimeout(() => this.#attempt.abort(), SILENCE);
    try {
      const response = await stream(this.#path(), this.#attempt.signal);
      alive();
      this.#hooks.live();
      for await (const event of events(response.body, alive)) {
        if (this.#stopped) return;
        this.#hooks.event(event);
      }
    } finally {
      clearTimeout(timer);
    }
    throw new Error('the stream ended');
  }

  #pause(most) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, most / 2 + Math.random() * (most / 2));
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
