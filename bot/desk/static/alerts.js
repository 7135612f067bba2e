/** What asks for attention: the title of the tab and a line on the page always; sound and browser notifications when the agent wants them. */
import { $, say } from './dom.js';
import { due } from './rows.js';
import { board, text } from './text.js';

const KEY = 'balie-desk-alerts';
const SHOWN = 8_000; // ms that news stays on the page

export class Alerts {
  #known = null; // what waited, was due or was ours at the last look
  #mine = new Set(); // conversations that we took ourselves: no news
  #audio = null;
  #notice;
  #wants = { sound: false, notify: false };
  #first = !('locks' in navigator); // of several tabs only the first one sounds

  /** @param {(words: string) => void} notice */
  constructor(notice) {
    this.#notice = notice;
    try {
      Object.assign(this.#wants, JSON.parse(localStorage.getItem(KEY)) ?? {});
    } catch { /* a preference that can't be read is no preference */ }
    if (!('Notification' in window) || Notification.permission !== 'granted') this.#wants.notify = false;
    $('sound').addEventListener('click', () => this.#toggle('sound', !this.#wants.sound));
    $('notify').addEventListener('click', () => this.#askNotify());
    navigator.locks?.request(KEY, () => new Promise(() => { this.#first = true; }));
    passing($('news'));
    this.#show();
  }

  /** This agent takes it: that it is theirs now is no news. */
  own(conv) {
    this.#mine.add(conv);
  }

  /**
   * @param {{waiting: object[], mine: object[]}} view what the lists show now
   * @param {string} [reading] the conversation that the agent is looking at: its messages are no news
   * @returns {{waiting: number, due: number}} how many wait, and how many of our own need an answer
   */
  look({ waiting, mine }, reading = '') {
    const owing = mine.filter((row) => due({ ...row, group: 'mine' }));
    const total = waiting.length + owing.length;
    document.title = total ? `(${total}) ${text.title}` : text.title;
    const now = [
      ...waiting.map((row) => ({ key: row.conv, words: row.priority ? board.alerts.urgent(row.topic) : text.newConversation(row.topic) })),
      ...mine.map((row) => ({ key: `mine:${row.conv}`, words: board.alerts.given(row.topic), quiet: this.#mine.has(row.conv) })),
      ...owing.map((row) => ({ key: `${row.conv}:${row.last.seq}`, words: text.newMessage(row.topic), quiet: row.conv === reading })),
    ];
    const fresh = this.#known ? now.filter(({ key, quiet }) => !quiet && !this.#known.has(key)) : [];
    const known = new Set(now.map(({ key }) => key));
    for (const conv of this.#mine) if (this.#known?.has(`mine:${conv}`) && !known.has(`mine:${conv}`)) this.#mine.delete(conv); // given again it is news
    this.#known = known;
    if (fresh.length) this.#announce(fresh);
    return { waiting: waiting.length, due: owing.length };
  }

  #announce(fresh) {
    say($('news'), fresh.map(({ words }) => words).join('. '));
    if (!this.#first) return;
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

/** News goes by itself; whatever it tells stands elsewhere too. */
function passing(node) {
  let timer = 0;
  new MutationObserver(() => {
    clearTimeout(timer);
    if (node.textContent) timer = setTimeout(() => say(node, ''), SHOWN);
  }).observe(node, { childList: true, characterData: true, subtree: true });
}
