/**
 * Streams of this router for web pages, whichever way they come:
 *
 *   import { RouterClient } from "/client.js";
 *   const client = new RouterClient({ transport: "websocket" });
 *   const stream = client.chat({ model: "demo", messages: [{ role: "user", content: "Hello" }] });
 *   for await (const chunk of stream) { … }      // or stream.cancel(), from elsewhere
 */
import { RouterError } from "./errors.js";
import { EventSourceTransport, FetchTransport } from "./http-transports.js";
import { SocketTransport } from "./socket-transport.js";

export { RouterError };

const DONE = "[DONE]";

export class RouterClient {
  #settings;

  /**
   * @param baseUrl    where the router is; where this file comes from if absent
   * @param apiKey     a client key, if the router wants one
   * @param transport  "fetch", "eventsource" or "websocket"
   * @param headers    more headers, such as X-LLM-Resume-Grace; a WebSocket has X-Session-Id, X-Project-Id and X-LLM-… in its
   *                   first message, and no others
   * @param maxTries   how often in succession a cut connection is tried again; an event that comes begins the count anew
   * @param retryDelay in milliseconds before the first of them; it doubles with each, up to 5 s
   * @param credit     how many chunks that were not taken yet a WebSocket may have under way; the provider is read no
   *                   faster than they are taken
   * @param silence    in milliseconds; a connection on which nothing came for so long, not even a heartbeat, is taken for
   *                   cut. Two and a half heartbeats of the router if absent; 0 for never
   */
  constructor({ baseUrl = new URL(".", import.meta.url).href, apiKey = "", transport = "fetch", headers = {},
    maxTries = 6, retryDelay = 200, credit = 64, silence = null } = {}) {
    if (!["fetch", "eventsource", "websocket"].includes(transport)) {
      throw new TypeError(`transport must be "fetch", "eventsource" or "websocket", was "${transport}"`);
    }
    if (!(Number.isInteger(credit) && credit > 0)) {
      throw new TypeError(`credit must be a whole number from 1 on, was ${credit}`);
    }
    if (silence !== null && !(silence >= 0)) {
      throw new TypeError(`silence must be a number of milliseconds from 0 on, was ${silence}`);
    }
    this.#settings = { baseUrl: new URL(baseUrl, location.href).href.replace(/\/+$/, ""), apiKey, transport, headers,
      maxTries, retryDelay, credit, silence };
  }

  /** @param request a body of /v1/chat/completions. It is sent when the stream is first read. */
  chat(request) {
    return new ChatStream(request, this.#settings);
  }
}

function transportOf(request, settings, signal) {
  switch (settings.transport) {
    case "websocket":
      return new SocketTransport(request, settings, signal);
    case "eventsource":
      return new EventSourceTransport(request, settings, signal);
    default:
      return new FetchTransport(request, settings, signal);
  }
}

/**
 * The chunks of one answer, once. It ends only when the answer is complete; all else is a RouterError. Who leaves the
 * loop early cancels the stream.
 */
class ChatStream {
  #settings;
  #transport;
  #stop = new AbortController();
  #chunks;

  constructor(request, settings) {
    this.#settings = settings;
    this.#transport = transportOf(request, settings, this.#stop.signal);
    this.#chunks = this.#read();
  }

  /** The stream's name at the router; empty before it has begun. */
  get id() {
    return this.#transport.streamId;
  }

  [Symbol.asyncIterator]() {
    return this.#chunks;
  }

  /** Ends the stream and its provider; who reads it gets an error with the code "cancelled". Resolves when it is done. */
  async cancel() {
    if (!this.#stop.signal.aborted) {
      this.#stop.abort();
      await this.#transport.cancel();
    }
  }

  async *#read() {
    let after = 0;
    let failures = 0;
    let over = false;
    try {
      while (true) {
        try {
          // Before a stream is begun that nobody would end.
          this.#checkRunning();
          for await (const { id, data } of this.#transport.events(after)) {
            this.#checkRunning();
            const chunk = data === DONE ? null : typeof data === "string" ? JSON.parse(data) : data;
            if (chunk?.error) {
              // The router did not wait for this reader any longer, and the stream went on without it.
              const lost = chunk.error.code === "slow_client" && id === after;
              over = !lost;
              throw RouterError.of(chunk.error, { lost });
            }
            if (id <= after) {
              continue;
            }
            if (id > after + 1) {
              throw new RouterError("events_missing", `event ${id} came after event ${after}`);
            }
            after = id;
            failures = 0;
            if (chunk === null) {
              over = true;
              return;
            }
            yield chunk;
            this.#checkRunning();
          }
          throw new RouterError("connection_lost", "the stream ended without [DONE]", { lost: true });
        } catch (e) {
          this.#checkRunning();
          if (!(e instanceof RouterError && e.lost && this.id !== "") || ++failures > this.#settings.maxTries) {
            throw e;
          }
        }
        await this.#pause(failures);
      }
    } finally {
      if (!over) {
        // Whoever is told of a failure should be told of that one.
        this.cancel().catch(() => {});
      }
    }
  }

  #checkRunning() {
    if (this.#stop.signal.aborted) {
      throw new RouterError("cancelled", "the stream was cancelled by its reader");
    }
  }

  /** Up to a half is left to chance, so that the clients of a router that restarts do not all come at once. */
  #pause(failures) {
    const longest = Math.min(5000, this.#settings.retryDelay * 2 ** (failures - 1));
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, longest * (1 - Math.random() / 2));
      this.#stop.signal.addEventListener("abort", () => { clearTimeout(timer); resolve(); }, { once: true });
    });
  }
}
