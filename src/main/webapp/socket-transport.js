import { RouterError } from "./errors.js";
import { Inbox } from "./inbox.js";
import { authorization, checkThere, withTicket } from "./requests.js";

/** The one stream on a socket has this name there. */
const ID = "stream";
/** In milliseconds. The router answers pings, so its heartbeats, which a page cannot see, do not matter. */
const SILENCE = 37_500;
/** Chunks, and milliseconds: far less than the time after which the router takes a reader for one that takes nothing. */
const MOST_USED = 16;
const CREDIT_AT_LEAST_EVERY = 5000;
/** Less than the router lets a socket be idle. */
const PING_AT_LEAST_EVERY = 30_000;
/** Of a silence: one answer may be late. */
const PINGS = 2.5;
/** The codes of errors by those of a close. */
const REFUSALS = { 1003: "unsupported_message", 1009: "request_too_large" };
const GRACE = "x-llm-resume-grace";

/** Reads over a WebSocket, a new one after each cut. The router sends no more chunks than were used and asked for. */
export class SocketTransport {
  streamId = "";
  #request;
  #settings;
  #signal;
  #socket = null;

  constructor(request, settings, signal) {
    this.#request = request;
    this.#settings = settings;
    this.#signal = signal;
  }

  async *events(after) {
    const base = this.#settings.baseUrl.replace(/^http/, "ws");
    const silence = this.#settings.silence ?? SILENCE;
    const address = await withTicket(`${base}/ws`, this.#settings, silence, this.#signal);
    if (this.#signal.aborted) {
      return;
    }
    const socket = new WebSocket(address);
    this.#socket = socket;
    const inbox = new Inbox(this.#signal, silence);
    const ping = setInterval(() => socket.readyState === WebSocket.OPEN && say(socket, { type: "ping" }),
      silence === 0 ? PING_AT_LEAST_EVERY : Math.min(PING_AT_LEAST_EVERY, silence / PINGS));
    let opened = false;
    socket.onopen = () => {
      opened = true;
      say(socket, this.#opening(after));
    };
    socket.onmessage = (event) => inbox.put(JSON.parse(event.data));
    socket.onclose = (event) => inbox.end(closed(event));
    try {
      yield* this.#read(inbox, socket);
    } catch (e) {
      // A WebSocket does not tell why it was not opened.
      if (!opened && !this.#signal.aborted) {
        await checkThere(`${this.#settings.baseUrl}/v1/models`, authorization(this.#settings), silence, this.#signal);
        throw RouterError.lost("the router answers, but its WebSocket could not be opened; a proxy may refuse it");
      }
      throw e;
    } finally {
      clearInterval(ping);
      socket.close();
    }
  }

  #opening(after) {
    const { credit } = this.#settings;
    if (this.streamId !== "") {
      return { type: "resume", id: ID, stream_id: this.streamId, after, credit };
    }
    const all = new Headers(this.#settings.headers);
    const header = (name) => all.get(name) ?? undefined;
    const ways = [...all].filter(([name]) => name.startsWith("x-llm-") && name !== GRACE);
    return { type: "chat", id: ID, credit, request: this.#request, session_id: header("X-Session-Id"),
      project_id: header("X-Project-Id"), resume_grace: header(GRACE), headers: Object.fromEntries(ways) };
  }

  async *#read(inbox, socket) {
    let used = 0;
    let said = Date.now();
    for await (const message of inbox.items()) {
      switch (message.type) {
        case "started":
          this.streamId = message.stream_id;
          break;
        case "chunk":
          yield { id: message.seq, data: message.chunk };
          // Its reader has asked for the next. Some at a time, so that not each chunk costs a message; but a reader that is
          // slow must not look like one that takes nothing.
          used++;
          if ((used * 2 >= this.#settings.credit || used >= MOST_USED || Date.now() - said >= CREDIT_AT_LEAST_EVERY)
            && socket.readyState === WebSocket.OPEN) {
            say(socket, { type: "credit", id: ID, chunks: used });
            used = 0;
            said = Date.now();
          }
          break;
        case "usage":
          yield { id: message.seq, data: { object: "chat.completion.chunk", choices: [], usage: message.usage } };
          break;
        case "done":
          yield { id: message.seq, data: "[DONE]" };
          return;
        case "error":
          yield { id: message.seq ?? 0, data: { error: message.error } };
          break;
        default:
          // A pong, or what a newer router says.
      }
    }
  }

  async cancel() {
    if (this.#socket?.readyState === WebSocket.OPEN) {
      say(this.#socket, { type: "cancel", id: ID });
      this.#socket.close();
    } else if (this.streamId !== "") {
      await fetch(`${this.#settings.baseUrl}/v1/streams/${this.streamId}`,
        { method: "DELETE", headers: authorization(this.#settings), keepalive: true });
    }
  }
}

/** What the router does not take it would not take on another connection either. */
function closed({ code, reason }) {
  const refusal = REFUSALS[code];
  return refusal === undefined ? RouterError.lost(`close code ${code} ${reason}`.trim())
    : new RouterError(refusal, reason || `the router does not take what it was sent (close code ${code})`);
}

function say(socket, message) {
  socket.send(JSON.stringify(message));
}
