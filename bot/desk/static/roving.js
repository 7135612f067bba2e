/** A list of buttons as one stop of the Tab key: the arrow keys, Home and End go through it, across lists that follow each other. */

const rows = (list) => [...list.querySelectorAll('button.row')];

/**
 * @param {HTMLElement} frame all lists together, in order @param {() => HTMLElement[]} lists those that take part
 */
export function rove(frame, lists) {
  frame.addEventListener('keydown', (event) => {
    const row = event.target.closest?.('button.row');
    if (!row || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    const all = lists().flatMap(rows).filter((each) => each.checkVisibility());
    const at = all.indexOf(row);
    const to = { ArrowDown: all[at + 1], ArrowUp: all[at - 1], Home: all[0], End: all.at(-1) }[event.key];
    if (at < 0 || !to) return;
    event.preventDefault();
    to.focus();
  });
  frame.addEventListener('focusin', (event) => {
    const row = event.target.closest?.('button.row');
    if (row) settle(row.closest('ul'), row);
  });
}

/** Makes exactly one row of the list a stop of Tab: `row`, else the one that was, else the one that is open, else the first. */
export function settle(list, row = null) {
  const all = rows(list);
  const stop = row ?? all.find((each) => each.tabIndex === 0 && each.hasAttribute('tabindex'))
    ?? all.find((each) => each.hasAttribute('aria-current')) ?? all[0];
  for (const each of all) each.tabIndex = each === stop ? 0 : -1;
}
