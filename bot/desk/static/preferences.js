/** What an agent turned off in this browser. A preference that can't be kept holds as long as the page. */

const PREFIX = 'balie-desk-';
const here = new Map();

/** @param {string} name @returns {boolean} whether it is on; it is until somebody turns it off */
export function isOn(name) {
  try {
    return (here.get(name) ?? localStorage.getItem(PREFIX + name)) !== 'off';
  } catch {
    return here.get(name) !== 'off';
  }
}

/** A checkbox that turns it on and off. @param {HTMLInputElement} box @param {string} name @param {() => void} [changed] */
export function preference(box, name, changed = () => {}) {
  box.checked = isOn(name);
  box.addEventListener('change', () => {
    here.set(name, box.checked ? 'on' : 'off');
    try {
      localStorage.setItem(PREFIX + name, here.get(name));
    } catch { /* it holds as long as the page */ }
    changed();
  });
}
