import { RouterError } from "./errors.js";
import { Inbox } from "./inbox.js";
import { authorization, connect, withTicket } from "./requests.js";
import { SseParser } from "./sse.js";

/** Streams of /v1/streams: they begin with a request of their own, which is not repeated, and are read by others. */
class HttpTransport {
  streamId = "";
  #request;
  #begun = null;

  constructor(request, settings, signal) {
    this.#request = request;
    this.settings = settings;
    this.signal = signal;
  }

  get url() {
    return `${this.settings.baseUrl}/v1/streams/${this.streamId}`;
  }

  get headers() {
    return { ...this.settings.headers, ...authorization(this.settings) };
  }

  /** Not aborted by a cancel: only who knows the stream's name can end it. */
  begin() {
    this.#begun ??= this.#post();
    return this.#begun;
  }

  async #post() {
    const response = await connect(`${this.settings.baseUrl}/v1/streams`, { method: "POST",
      headers: { "Content-Type": "application/json", ...this.headers }, body: JSON.stringify(this.#request) });
    if (!response.ok) {
      throw await RouterError.ofResponse(response);
    }
    this.streamId = (await response.json()).id;
  }

  async cancel() {
    try {
      await this.#begun;
    } catch {
      // Its reader is told.
    }
    if (this.streamId !== "") {
      await fetch(this.url, { method: "DELETE", headers: this.headers, keepalive: true });
    }
  }
}

/** Reads with fetch, no faster than its reader does. */
export class FetchTransport extends HttpTransport {
  async *events(after) {
    await this.begin();
    const response = await connect(this.url, { signal: this.signal, cache: "no-store",
      headers: { ...this.headers, Accept: "text/event-stream", "Last-Event-ID": `${after}` } });
    if (!response.ok) {
      throw await RouterError.ofResponse(response);
    }
    if (response.status === 204) {
      throw new RouterError("ended_early", "the stream has ended without [DONE]");
    }
    yield* eventsOf(response.body.getReader());
  }
}

async function* eventsOf(reader) {
  let events = [];
  const parser = new SseParser(({ id, data }) => events.push({ id: Number(id), data }));
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  try {
    while (true) {
      const { done, value } = await reader.read().catch((e) => { throw RouterError.lost(e.message); });
      if (done) {
        return;
      }
      parser.feed(decoder.decode(value, { stream: true }));
      yield* events;
      events = [];
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

/**
 * Reads with an EventSource. Connections after the first are made here, not by itself, so that there is an end to them, and
 * a ticket for each.
 */
export class EventSourceTransport extends HttpTransport {
  async *events(after) {
    await this.begin();
    const source = new EventSource(await withTicket(`${this.url}?after=${after}`, this.settings, this.signal));
    const inbox = new Inbox(this.signal);
    source.onmessage = (event) => inbox.put({ id: Number(event.lastEventId), data: event.data });
    this.signal.addEventListener("abort", () => source.close(), { once: true });
    source.onerror = () => inbox.end(RouterError.lost("the EventSource failed"));
    try {
      yield* inbox.items();
    } catch (e) {
      await this.#checkThere();
      throw e;
    } finally {
      source.close();
    }
  }

  /** An EventSource does not tell why it failed. */
  async #checkThere() {
    if (!this.signal.aborted) {
      const response = await connect(this.url, { headers: this.headers, cache: "no-store", signal: this.signal });
      if (!response.ok) {
        throw await RouterError.ofResponse(response);
      }
    }
  }
}
