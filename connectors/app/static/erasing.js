/** Loaded on demand: asks, and erases at the municipality and then on this device. */
import { confirmed } from '../widget/sure.js';
import { eraseEverywhere } from './sync.js';
import { words } from './text.js';

/** One conversation; `talk`: when it is on the screen, which then tells that it is gone. @returns {Promise<string>} what to say */
export async function eraseOne(root, { device, server }, record, talk) {
  if (!(await confirmed(root, 'erase'))) return '';
  try {
    if (talk) await talk.erase();
    else await eraseEverywhere(device, server, record);
    return words.erasedOne;
  } catch {
    return words.eraseFailed;
  }
}

/** Everything. What can't be erased at the municipality now stays, since the key to it is on this device. */
export async function eraseAll(root, { device, server, push }) {
  if (!(await confirmed(root, words.eraseAllQuestion))) return '';
  await push.turnOff().catch(() => {}); // of what is erased nothing is told anyway
  const tries = (await device.list()).map((record) => eraseEverywhere(device, server, record));
  const left = (await Promise.allSettled(tries)).filter(({ status }) => status === 'rejected').length;
  if (left) return words.eraseSome(left);
  await device.clear();
  return words.erasedAll;
}
