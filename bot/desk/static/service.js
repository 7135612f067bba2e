/** For editors and administrators: the emergency notice, and for administrators the switch. Every citizen sees it within seconds. */
import { get, post } from './api.js';
import { when } from './dates.js';
import { $, h, say } from './dom.js';
import { Fresh, announce, pressed, state } from './page.js';
import { board, text } from './text.js';

const SECONDS = 10;
const words = board.service;
const inDutch = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Amsterdam', dateStyle: 'short', timeStyle: 'short' });
/** A moment as a field of the page has it, on the clock of the Netherlands. */
const forField = (at) => inDutch.format(new Date(at)).replace(' ', 'T');

export class ServiceView {
  #fresh = new Fresh(() => this.#load(), SECONDS);
  #now = null;
  #limit = 0;
  #turnsOn = false; // what was asked, also when somebody else was first meanwhile

  constructor() {
    $('notice-text').addEventListener('input', () => this.#written());
    $('notice-until').addEventListener('input', () => this.#written());
    $('notice-form').addEventListener('submit', (event) => {
      event.preventDefault();
      this.#show();
    });
    $('notice-end').addEventListener('click', ({ currentTarget }) => this.#do(currentTarget, '/notice/end', {}, words.did.ended, 'notice-text'));
    $('off-form').addEventListener('submit', (event) => {
      event.preventDefault();
      this.#ask();
    });
    $('off-text').addEventListener('input', () => this.#wrong('off', ''));
    $('switch-on').addEventListener('click', () => this.#ask());
    $('switch-cancel').addEventListener('click', () => $('switch').close());
    $('switch-sure').addEventListener('click', ({ currentTarget }) => this.#switch(currentTarget));
  }

  show() {
    this.#fresh.show();
  }

  hide() {
    this.#fresh.hide();
  }

  async #load() {
    if (!this.#now) state('service-state', words.loading);
    try {
      this.#set(await get('/api/service'));
      state('service-state', '');
    } catch (error) {
      state('service-state', error.title ?? text.failed, () => this.#fresh.now());
    }
  }

  /** What the server says. What is being written stays; fields begin with what stands. */
  #set(now) {
    const first = !this.#now;
    this.#now = now;
    this.#limit = now.limit;
    $('service-body').hidden = false;
    this.#tellSwitch(now);
    this.#tellNotice(now.notice);
    say($('preview-reach'), now.reach.join('\n'));
    $('off-part').hidden = !now.may_switch;
    $('off-form').hidden = Boolean(now.off);
    $('switch-on').hidden = !now.off;
    if (!first) return;
    $('notice-text').value = now.notice?.text ?? '';
    $('notice-until').value = now.notice?.until ? forField(now.notice.until * 1000) : '';
    $('off-text').value = now.usual;
    this.#written();
  }

  #tellSwitch({ off }) {
    $('service-now').dataset.off = Boolean(off);
    say($('service-switch'), off ? words.isOff : words.isOn);
    say($('service-who'), off ? words.off(off.by || words.somebody, when(off.at * 1000)) : '');
    say($('service-off-text'), off ? words.read(off.text) : '');
  }

  #tellNotice(notice) {
    $('notice-now').hidden = !notice;
    $('notice-none').hidden = Boolean(notice);
    $('notice-end').hidden = !notice;
    if (!notice) return;
    say($('notice-shown'), notice.text);
    say($('notice-who'), words.set(notice.by || words.somebody, when(notice.at * 1000)));
    say($('notice-ends'), notice.until ? words.until(when(notice.until * 1000)) : words.noEnd);
  }

  #written() {
    const typed = $('notice-text').value.trim();
    const until = $('notice-until').value;
    $('preview').classList.toggle('nothing', !typed);
    say($('preview-text'), typed || words.previewEmpty);
    say($('preview-until'), until ? words.until(when(`${until}${offset(until)}`)) : '');
    say($('notice-counter'), text.counter(typed.length, this.#limit));
    this.#wrong('notice', '');
    say($('notice-until-error'), '');
    $('notice-until').removeAttribute('aria-invalid');
  }

  async #show() {
    const body = { text: $('notice-text').value, until: $('notice-until').value };
    await this.#do($('notice-submit'), '/notice', body, words.did.shown, null, (why, error) => {
      const id = error.field === 'until' ? 'notice-until' : 'notice';
      this.#wrong(id, why);
    });
  }

  #wrong(id, why) {
    const field = $(id === 'notice-until' ? id : `${id}-text`);
    say($(`${id}-error`), why);
    if (why) field.setAttribute('aria-invalid', 'true');
    else field.removeAttribute('aria-invalid');
    if (why) field.focus();
  }

  /** The confirm step: what will happen, in words. */
  #ask() {
    const on = this.#turnsOn = Boolean(this.#now?.off);
    if (!on && !$('off-text').value.trim()) return void this.#wrong('off', words.empty);
    say($('switch-title'), on ? words.askOn : words.askOff);
    $('switch-means').replaceChildren(...(on ? words.meansOn : words.meansOff).map((line) => h('li', {}, line)));
    $('switch-reads').hidden = on;
    say($('switch-text'), $('off-text').value.trim());
    say($('switch-sure'), on ? words.sureOn : words.sureOff);
    say($('switch-error'), '');
    $('switch').showModal();
    return undefined;
  }

  async #switch(button) {
    const on = this.#turnsOn;
    const told = on ? words.did.on : words.did.off;
    await this.#do(button, on ? '/on' : '/off', on ? {} : { text: $('off-text').value }, told, 'service-title', (why, error) => {
      if (error.field !== 'text') return void say($('switch-error'), why);
      $('switch').close();
      return void this.#wrong('off', why);
    });
  }

  /** @param {string|null} focus id of what gets the focus when the button is gone */
  async #do(button, path, body, told, focus, failed = (why) => say($('service-problem-words'), why)) {
    say($('service-problem-words'), '');
    const worked = await pressed(button, async () => this.#set(await post(`/api/service${path}`, body)), failed);
    $('service-problem').hidden = !$('service-problem-words').textContent;
    if (!worked) return;
    $('switch').close();
    announce(told);
    if (focus) $(focus).focus();
  }
}

/** "+01:00" or "+02:00": how far the Netherlands is from UTC at a moment of its own clock. */
function offset(local) {
  const shown = new Intl.DateTimeFormat('en', { timeZone: 'Europe/Amsterdam', timeZoneName: 'longOffset' });
  const found = shown.formatToParts(new Date(`${local}Z`)).find(({ type }) => type === 'timeZoneName');
  return found?.value.replace('GMT', '') || 'Z';
}
