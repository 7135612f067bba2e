/** A conversation on the screen: the widget's own panel, with what the app adds around it. */
import { h, icon, uid } from '../widget/dom.js';
import '../widget/panel.js';
import { retire } from '../widget/parts.js';
import { follow } from './follow.js';
import { glyph } from './icons.js';
import { sheet } from './panel_style.js';
import { words } from './text.js';

const find = (panel, name) => panel.shadowRoot.querySelector(`[data-testid=balie-${name}]`);

export class Talk {
  #panel;
  #back;
  #device;
  #push;
  #following;
  #client;
  #bar = null;
  #offered = false;

  /** `actions`: back(), erased(). */
  constructor(record, { device, push, server }, actions) {
    this.id = record.id;
    this.#back = actions.back;
    this.#device = device;
    this.#push = push;
    const panel = document.createElement('balie-panel');
    panel.options = {
      gemeente: device.gemeente, server, title: record.title ?? words.newTalk, channel: 'app', area: device.area(record.id), ends: true,
      kept: () => device.events(record.id), observe: (client) => this.#observe(client, actions),
    };
    panel.addEventListener('balie-close', actions.back);
    panel.addEventListener('balie-unread', () => this.#following?.seen());
    this.#panel = panel;
    this.element = panel;
  }

  /** Puts the conversation on the screen; call it once `element` is in the page. */
  show(record, focus) {
    this.#panel.shadowRoot.adoptedStyleSheets = [...this.#panel.shadowRoot.adoptedStyleSheets, sheet];
    const close = find(this.#panel, 'close');
    close.setAttribute('aria-label', words.back);
    close.title = words.back;
    close.replaceChildren(glyph('back'));
    close.parentElement.prepend(close);
    find(this.#panel, 'restart')?.closest('li').remove(); // beside this conversation another can be begun
    const dialog = find(this.#panel, 'panel');
    dialog.addEventListener('close', () => dialog.open || !dialog.isConnected || this.#back()); // by the phone itself
    if (record.ended) this.#ended();
    this.#panel.show({ focus });
    this.refresh(record);
  }

  focus() {
    find(this.#panel, 'heading').focus();
  }

  /** What the device knows of the conversation has changed. */
  refresh({ title, ended, role, follows, ...record }) {
    if (title) find(this.#panel, 'heading').textContent = title;
    if (ended) this.#ended();
    else if (role !== 'bot' || follows) this.#offer();
    this.#push.follow({ ...record, ended });
  }

  /** Lets go of the conversation. */
  async close() {
    this.#client.close();
    this.#panel.hide();
    this.#panel.remove();
    await this.#following.idle();
  }

  async erase() {
    await this.#client.erase();
  }

  #observe(client, actions) {
    this.#client = client;
    this.#following = follow(client, this.#device, this.id);
    client.addEventListener('erased', actions.erased);
    client.addEventListener('ended', () => this.#ended());
    client.addEventListener('history', () => 'ended' in this.#panel.dataset && setTimeout(() => this.#close()));
  }

  /** Nothing can be chosen any more. */
  #close() {
    for (const asking of find(this.#panel, 'log').querySelectorAll('.ask')) retire(asking);
  }

  #ended() {
    this.#close();
    if ('ended' in this.#panel.dataset) return;
    this.#panel.dataset.ended = '';
    this.#show(h('p', { role: 'status', 'data-testid': 'app-ended' }, words.ended),
      h('a', { class: 'button', href: '#nieuw' }, words.newTalk));
  }

  /** Offers notifications, once, while there is something to wait for. */
  async #offer() {
    if (this.#offered) return;
    this.#offered = true;
    if ((await this.#push.state()) !== 'off' || (await this.#device.fact('offer-hidden'))) return;
    const id = uid('push');
    this.#show(h('div', { class: 'row' }, h('p', { id }, words.pushAsk),
      h('button', {
        type: 'button', class: 'icon-button', 'aria-label': words.pushNot, title: words.pushNot, onclick: () => this.#decline(),
        'data-testid': 'app-push-not',
      }, icon('close'))),
    h('button', {
      type: 'button', class: 'button primary', 'aria-describedby': id, onclick: () => this.#accept(), 'data-testid': 'app-push',
    }, words.pushOffer));
  }

  async #accept() {
    const state = await this.#push.turnOn().catch(() => 'failed');
    const said = { on: words.pushOn, denied: words.pushDenied, failed: words.pushFailed }[state];
    if (!said) return;
    this.#show(h('p', { role: 'status', tabindex: '-1', 'data-testid': 'app-push-said' }, said));
    this.#bar.firstChild.focus(); // the button that was pressed is gone
  }

  async #decline() {
    await this.#device.setFact('offer-hidden', true);
    this.#bar.remove();
    this.#bar = null;
    this.focus();
  }

  /** In one bar above the field. */
  #show(...content) {
    this.#bar?.remove();
    this.#bar = h('div', { class: 'app-bar' }, ...content);
    find(this.#panel, 'input').closest('form').before(this.#bar);
  }
}
