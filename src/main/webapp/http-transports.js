import { RouterError } from "./errors.js";
import { Inbox } from "./inbox.js";
import { authorization, checkThere, connect, unlessAborted, within, withTicket } from "./requests.js";
import { eventsOf } from "./sse.js";

/** In a silence: one may be late. */
const HEARTBEATS = 2.5;
/** In milliseconds: a network may need so long where heartbeats come fast. */
const SHORTEST_SILENCE = 5_000;
/** In milliseconds, before the router has said how often its heartbeats are. */
const FIRST_SILENCE = 37_500;

/** Streams of /v1/streams: they begin with a request of their own, which is not repeated, and are read by others. */
class HttpTransport {
  streamId = "";
  /** How long a connection may say nothing, in milliseconds; 0 for ever. */
  silence;
  #request;
  #begun = null;

  constructor(request, settings, signal) {
    this.#request = request;
    this.settings = settings;
    this.signal = signal;
    this.silence = settings.silence ?? FIRST_SILENCE;
  }

  get url() {
    return `${this.settings.baseUrl}/v1/streams/${this.streamId}`;
  }

  get headers() {
    return { ...this.settings.headers, ...authorization(this.settings) };
  }

  /** A cancel frees its reader but does not abort it: only who knows the stream's name can end it. */
  begin() {
    this.#begun ??= this.#post();
    return unlessAborted(this.signal, this.#begun);
  }

  async #post() {
    const over = new AbortController();
    try {
      await within(this.silence, this.#exchange(over.signal));
    } finally {
      over.abort();
    }
  }

  async #exchange(signal) {
    const response = await connect(`${this.settings.baseUrl}/v1/streams`, { method: "POST", signal,
      headers: { "Content-Type": "application/json", ...this.headers }, body: JSON.stringify(this.#request) });
    if (!response.ok) {
      throw await RouterError.ofResponse(response);
    }
    const { id, heartbeat_ms: heartbeat } = await response.json().catch((e) => { throw RouterError.lost(e.message); });
    this.silence = this.settings.silence ?? Math.max(SHORTEST_SILENCE, HEARTBEATS * heartbeat);
    this.streamId = id;
  }

  async cancel() {
    try {
      await this.#begun;
    } catch {
      // Its reader is told.
    }
    if (this.streamId !== "") {
      await within(this.silence, connect(this.url, { method: "DELETE", headers: this.headers, keepalive: true }));
    }
  }
}

/** Reads with fetch, no faster than its reader does. */
export class FetchTransport extends HttpTransport {
  async *events(after) {
    await this.begin();
    const over = new AbortController();
    try {
      const response = await within(this.silence, connect(this.url, { cache: "no-store",
        signal: AbortSignal.any([this.signal, over.signal]),
        headers: { ...this.headers, Accept: "text/event-stream", "Last-Event-ID": `${after}` } }));
      if (!response.ok) {
        throw await RouterError.ofResponse(response);
      }
      if (response.status === 204) {
        throw new RouterError("ended_early", "the stream has ended without [DONE]");
      }
      yield* eventsOf(response.body.getReader(), this.silence);
    } finally {
      over.abort();
    }
  }
}

/**
 * Reads with an EventSource. Connections after the first are made here, not by itself, so that there is an end to them, and
 * a ticket for each.
 */
export class EventSourceTransport extends HttpTransport {
  async *events(after) {
    await this.begin();
    const address = `${this.url}?after=${after}&heartbeat=event`;
    const source = new EventSource(await withTicket(address, this.settings, this.silence, this.signal));
    const inbox = new Inbox(this.signal, this.silence);
    source.onopen = () => inbox.heard();
    source.addEventListener("heartbeat", () => inbox.heard());
    source.onmessage = (event) => inbox.put({ id: Number(event.lastEventId), data: event.data });
    this.signal.addEventListener("abort", () => source.close(), { once: true });
    source.onerror = () => inbox.end(RouterError.lost("the EventSource failed"));
    try {
      yield* inbox.items();
    } catch (e) {
      // An EventSource does not tell why it failed.
      if (!this.signal.aborted) {
        await checkThere(this.url, this.headers, this.silence, this.signal);
      }
      throw e;
    } finally {
      source.close();
    }
  }
}
