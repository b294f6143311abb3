import { RouterError } from "./errors.js";

/** With more a browser's timer would go off at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** A fetch that fails with a RouterError, which says that the connection was lost. */
export async function connect(url, options) {
  try {
    return await fetch(url, options);
  } catch (e) {
    throw RouterError.lost(e.message);
  }
}

/** Gives up what has not come for so long: a connection that says nothing, not even a heartbeat, is taken for lost. */
export async function within(limit, promise) {
  if (limit === 0) {
    return promise;
  }
  let timer;
  const delay = Math.min(limit, LONGEST_TIMER);
  const silence = new Promise((_, reject) => {
    timer = setTimeout(() => reject(RouterError.lost(`nothing came for ${delay} ms`)), delay);
  });
  try {
    return await Promise.race([promise, silence]);
  } finally {
    clearTimeout(timer);
  }
}

/** For connections that fail without telling why: a router that refuses them says so where it is asked in plain words. */
export async function checkThere(url, headers, silence, signal) {
  const response = await within(silence, connect(url, { headers, cache: "no-store", signal }));
  if (!response.ok) {
    throw await RouterError.ofResponse(response);
  }
}

/** Waits no longer than to the abort; what was waited for goes on by itself. */
export function unlessAborted(signal, promise) {
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    promise.then(resolve, reject);
  });
}

/** The header with the key, if there is one. */
export function authorization({ apiKey }) {
  return apiKey === "" ? {} : { Authorization: `Bearer ${apiKey}` };
}

/** A browser sends no key with a WebSocket or an EventSource, so a ticket stands for it: a new one for each connection. */
export async function withTicket(address, settings, silence, signal) {
  if (settings.apiKey === "") {
    return address;
  }
  const response = await within(silence, connect(`${settings.baseUrl}/v1/tickets`,
    { method: "POST", headers: authorization(settings), signal }));
  if (!response.ok) {
    throw await RouterError.ofResponse(response);
  }
  const url = new URL(address);
  url.searchParams.set("ticket", (await response.json()).ticket);
  return url.href;
}
