/** What asks for attention: the title of the tab always; sound and browser notifications when the agent wants them. */
import { $, say } from './dom.js';
import { text } from './text.js';

const KEY = 'balie-desk-alerts';

export class Alerts {
  #known = null; // conversations that waited, and messages that were due, at the last look
  #audio = null;
  #notice;
  #wants = { sound: false, notify: false };

  /** @param {(words: string) => void} notice */
  constructor(notice) {
    this.#notice = notice;
    try {
      Object.assign(this.#wants, JSON.parse(localStorage.getItem(KEY)) ?? {});
    } catch { /* a preference that can't be read is no preference */ }
    if (!('Notification' in window) || Notification.permission !== 'granted') this.#wants.notify = false;
    $('sound').addEventListener('click', () => this.#toggle('sound', !this.#wants.sound));
    $('notify').addEventListener('click', () => this.#askNotify());
    this.#show();
  }

  /** @param {{waiting: object[], mine: object[]}} view what the lists show now */
  look({ waiting, mine }) {
    document.title = waiting.length ? `(${waiting.length}) ${text.title}` : text.title;
    const queue = waiting.map((row) => ({ key: row.conv, words: text.newConversation(row.topic) }));
    const due = mine.filter((row) => row.last?.role === 'citizen')
      .map((row) => ({ key: `${row.conv}:${row.last.seq}`, words: text.newMessage(row.topic) }));
    const fresh = this.#known ? [...queue, ...due].filter(({ key }) => !this.#known.has(key)) : [];
    this.#known = new Set([...queue, ...due].map(({ key }) => key));
    if (fresh.length) this.#announce(fresh);
  }

  #announce(fresh) {
    say($('news'), fresh.map(({ words }) => words).join('. '));
    if (this.#wants.sound) this.#chime();
    if (this.#wants.notify && document.hidden) {
      for (const { key, words } of fresh.slice(0, 3)) new Notification(text.title, { body: words, tag: key, icon: '/desk/static/icon.svg' });
    }
  }

  #toggle(name, on) {
    this.#wants[name] = on;
    try {
      localStorage.setItem(KEY, JSON.stringify(this.#wants));
    } catch { /* it holds as long as the page */ }
    this.#show();
    if (name === 'sound' && on) this.#chime();
  }

  async #askNotify() {
    if (this.#wants.notify) return this.#toggle('notify', false);
    const answer = 'Notification' in window ? await Notification.requestPermission() : 'denied';
    if (answer === 'granted') return this.#toggle('notify', true);
    return this.#notice(text.blocked);
  }

  #show() {
    $('sound').setAttribute('aria-pressed', String(this.#wants.sound));
    $('notify').setAttribute('aria-pressed', String(this.#wants.notify));
  }

  /** Two soft tones. */
  #chime() {
    this.#audio ??= new AudioContext();
    const { currentTime: now } = this.#audio;
    [660, 880].forEach((frequency, index) => {
      const tone = new OscillatorNode(this.#audio, { frequency });
      const volume = new GainNode(this.#audio, { gain: 0 });
      const start = now + index * 0.16;
      volume.gain.setValueAtTime(0, start);
      volume.gain.linearRampToValueAtTime(0.12, start + 0.02);
      volume.gain.exponentialRampToValueAtTime(0.001, start + 0.35);
      tone.connect(volume).connect(this.#audio.destination);
      tone.start(start);
      tone.stop(start + 0.4);
    });
  }
}
