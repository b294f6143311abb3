import { RouterError } from "./errors.js";
import { within } from "./requests.js";

/**
 * The events of a response, as they come.
 *
 * @param reader  of its body
 * @param silence in milliseconds; if no byte comes for so long the connection is taken for lost; 0 for never
 */
export async function* eventsOf(reader, silence) {
  let events = [];
  const parser = new SseParser(({ id, data }) => events.push({ id: Number(id), data }));
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  try {
    while (true) {
      const { done, value } = await within(silence, reader.read().catch((e) => { throw RouterError.lost(e.message); }));
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
 * Reads server-sent events from text that comes in arbitrary pieces (WHATWG HTML, "Server-sent events").
 * A line may end in LF, CR or CRLF, also with the border of two pieces between CR and LF.
 */
export class SseParser {
  #onEvent;
  #line = "";
  #data = [];
  #id = "";
  #afterCr = false;
  #atStart = true;

  /** @param onEvent called with { id, data } of each complete event; an id holds until there is another */
  constructor(onEvent) {
    this.#onEvent = onEvent;
  }

  feed(text) {
    if (this.#atStart && text.length > 0) {
      this.#atStart = false;
      if (text.charCodeAt(0) === 0xFEFF) {
        text = text.slice(1);
      }
    }
    let from = 0;
    for (let i = 0; i < text.length; i++) {
      const c = text[i];
      if (c === "\n" && this.#afterCr) {
        this.#afterCr = false;
        from = i + 1;
      } else if (c === "\n" || c === "\r") {
        this.#endOfLine(this.#line + text.slice(from, i));
        this.#line = "";
        this.#afterCr = c === "\r";
        from = i + 1;
      } else {
        this.#afterCr = false;
      }
    }
    this.#line += text.slice(from);
  }

  /** An event whose blank line never came is dropped: it may be half of one. */
  #endOfLine(line) {
    if (line === "") {
      if (this.#data.length > 0) {
        const data = this.#data.join("\n");
        this.#data = [];
        this.#onEvent({ id: this.#id, data });
      }
      return;
    }
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const rest = colon < 0 ? "" : line.slice(colon + 1);
    const value = rest.startsWith(" ") ? rest.slice(1) : rest;
    if (field === "data") {
      this.#data.push(value);
    } else if (field === "id" && !value.includes("\0")) {
      this.#id = value;
    }
  }
}
