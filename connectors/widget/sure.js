/** Loaded on demand: asks before something that can't be undone, and does it. */
import { h, uid } from './dom.js';
import { text } from './more.js';

const sheet = new CSSStyleSheet();
sheet.replaceSync(`
.confirm { width: min(360px, calc(100vw - 32px)); padding: 20px; border: 1px solid var(--line); border-radius: 18px;
  background: var(--surface); color: var(--text); box-shadow: var(--shadow) }
.confirm::backdrop { background: #0008 }
.confirm h3 { font-size: 1.125em; line-height: 1.3 }
.confirm p { margin-top: 8px }
.buttons { display: flex; flex-wrap: wrap; justify-content: flex-end; gap: 8px; margin-top: 18px }
@media (max-width: 359.98px), (max-height: 459.98px) { .confirm { padding: 12px } .buttons { margin-top: 10px } }`);

/**
 * @param {ShadowRoot} parent
 * @param {'restart'|'erase'|'stop'|{title: string, body: string, confirm: string, danger?: boolean}} what
 * @returns {Promise<string>} what the button said that was pressed; '' when it was cancelled
 */
export function confirmed(parent, what) {
  const { title, body, confirm, danger = false } = text[`${what}Question`] ?? what;
  if (!parent.adoptedStyleSheets.includes(sheet)) parent.adoptedStyleSheets.push(sheet);
  const [titleId, bodyId] = [uid('title'), uid('body')];
  const finish = (answer) => () => dialog.close(answer);
  const dialog = h('dialog', {
    class: 'confirm', role: 'alertdialog', 'aria-labelledby': titleId, 'aria-describedby': bodyId,
    'data-testid': 'balie-confirm',
    onkeydown: (event) => event.stopPropagation(), // Escape closes the question, not the chat
  },
  h('h3', { id: titleId }, title),
  h('p', { id: bodyId }, body),
  h('div', { class: 'buttons' },
    h('button', { type: 'button', class: 'button', onclick: finish('') }, text.cancel),
    h('button', { type: 'button', class: `button ${danger ? 'danger' : 'primary'}`, onclick: finish(confirm) },
      confirm)));
  parent.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue);
    });
  });
}

// What is done then, with the hands of extras.js.

export async function restart({ client, root, focus }) {
  if (await confirmed(root, 'restart')) client.restart().then(focus);
}

export async function erase({ client, root, sorry }) {
  if (await confirmed(root, 'erase')) await client.erase().catch(() => sorry(text.eraseFailed));
}

export async function stop({ root, ask }) {
  const words = await confirmed(root, 'stop');
  if (words) ask(words);
}
