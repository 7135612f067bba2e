/** Loaded on a page without an open chat, for who has a conversation: how much of it is unread. */

/** `kept(name)`: what this device keeps. @returns {Promise<number>} 0 also when it can't be had now */
export async function count(server, kept) {
  try {
    const { conv, token } = kept('conversation');
    const address = `${server.replace(/\/$/, '')}/v1/conv/${conv}/events?wait=0&after=${kept('read') ?? 0}`;
    const headers = { Authorization: `Bearer ${token}` };
    const { events } = await (await fetch(address, { headers, credentials: 'omit' })).json();
    return events.filter(({ type, from }) => type === 'notice' || (type === 'message' && from.role !== 'citizen')).length;
  } catch {
    return 0;
  }
}
