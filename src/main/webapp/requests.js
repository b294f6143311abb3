import { RouterError } from "./errors.js";

/** A fetch that fails with a RouterError, which says that the connection was lost. */
export async function connect(url, options) {
  try {
    return await fetch(url, options);
  } catch (e) {
    throw RouterError.lost(e.message);
  }
}

/** The header with the key, if there is one. */
export function authorization({ apiKey }) {
  return apiKey === "" ? {} : { Authorization: `Bearer ${apiKey}` };
}

/** A browser sends no key with a WebSocket or an EventSource, so a ticket stands for it: a new one for each connection. */
export async function withTicket(address, settings, signal) {
  if (settings.apiKey === "") {
    return address;
  }
  const response = await connect(`${settings.baseUrl}/v1/tickets`,
    { method: "POST", headers: authorization(settings), signal });
  if (!response.ok) {
    throw await RouterError.ofResponse(response);
  }
  const url = new URL(address);
  url.searchParams.set("ticket", (await response.json()).ticket);
  return url.href;
}
