/** What the panel loads when it is needed, and what it does without when that can't be had. */

export class Extras {
  #hands;
  #queue = null;
  #bulletin = null;
  #state = {}; // how the municipality is reached, and whether the chat is on; see client.js
  #who = { role: 'bot' };

  /**
   * What these modules work with. `sorry(words)`: says that something failed.
   * @param {{options: object, client: Client, root: ShadowRoot, frame: object, composer: Composer,
   *   ask: (words: string) => void, focus: () => void, say: (words: string) => void, sorry: (words?: string) => void}} hands
   */
  constructor(hands) {
    this.#hands = hands;
  }

  /** Does `name` of a module, such as download of keep.js. */
  async act(file, name) {
    try {
      await (await import(`./${file}.js`))[name](this.#hands);
    } catch {
      this.#hands.sorry();
    }
  }

  /** What the page is about: where the conversation doesn't begin with it, it is offered. */
  offer(topic, fresh) {
    this.#hands.options.topic = topic;
    if (topic) import('./context.js').then(({ offer }) => offer(this.#hands, fresh)).catch(() => {}); // the page does without
  }

  /** Who the citizen talks with or waits for: the place in the queue, which the title bar tells too. */
  async with(who) {
    this.#who = who;
    this.serve(this.#state);
    if (!this.#queue && who.role !== 'queue') return;
    const { Queue } = await import('./queue.js').catch(() => ({}));
    if (!Queue) return; // the place is told again soon
    this.#queue ??= new Queue(this.#hands);
    if (this.#queue.show(this.#who.role === 'queue' && this.#who)) this.#hands.focus(); // the button that was pressed is gone
  }

  /** How the municipality is reached; an emergency notice; and whether the chat is off, which who has a person needn't mind. */
  async serve(state) {
    this.#state = state;
    if (!this.#bulletin && !state.notice && !state.off) return;
    const { Bulletin } = await import('./bulletin.js').catch(() => ({}));
    if (!Bulletin) return; // messages wait all the same, and say so
    const { options, frame: { top }, composer, focus, say } = this.#hands;
    this.#bulletin ??= new Bulletin(options, { top, composer: composer.element }, focus, say);
    const off = Boolean(this.#state.off) && this.#who.role === 'bot';
    this.#bulletin.show(this.#state, off ? this.#state.off_text : '');
    composer.off = off;
  }
}
