import { within } from "./requests.js";

/** What comes by callback, for one reader who takes it when it is ready. */
export class Inbox {
  #items = [];
  #end = null;
  #wake = () => {};

  #silence;

  /**
   * @param signal  ends it when it is aborted
   * @param silence in milliseconds; if nothing comes for so long while its reader waits, the connection is taken for lost
   */
  constructor(signal, silence) {
    this.#silence = silence;
    signal.addEventListener("abort", () => this.end(signal.reason), { once: true });
    if (signal.aborted) {
      this.end(signal.reason);
    }
  }

  put(item) {
    this.#items.push(item);
    this.#wake();
  }

  /** Something came that its reader need not see. */
  heard() {
    this.#wake();
  }

  /** What is in it is read before that. Only the first end counts. */
  end(error) {
    this.#end ??= error;
    this.#wake();
  }

  async *items() {
    while (true) {
      const items = this.#items;
      this.#items = [];
      yield* items;
      if (this.#items.length === 0) {
        if (this.#end !== null) {
          throw this.#end;
        }
        await within(this.#silence, new Promise((resolve) => { this.#wake = resolve; }));
      }
    }
  }
}
