/** What keeps a stream from its end: an error that the router tells, or a connection that could not be had again. */
export class RouterError extends Error {
  /**
   * @param code   the router's, or "connection_lost", "events_missing", "cancelled"; also "request_too_large" of a WebSocket
   * @param type   the router's; empty for what this client says, such as that its own reader has cancelled
   * @param lost   whether the stream may go on over another connection
   * @param status of the response; 0 for an error within a stream
   */
  constructor(code, message, { type = "", param = "", status = 0, retryAfter = null, lost = false } = {}) {
    super(message);
    this.name = "RouterError";
    Object.assign(this, { code, type, param, status, retryAfter, lost });
  }

  /** @param error the member `error` of an event or a body */
  static of(error, more = {}) {
    return new RouterError(error.code ?? error.type ?? "error", error.message ?? "no message",
      { type: error.type ?? "", param: error.param ?? "", ...more });
  }

  static async ofResponse(response) {
    // A proxy in between may answer for a router that restarts.
    const more = { status: response.status, retryAfter: response.headers.get("Retry-After"),
      lost: [502, 503, 504].includes(response.status) };
    const text = await response.text().catch(() => "");
    try {
      return RouterError.of(JSON.parse(text).error, more);
    } catch {
      return new RouterError(`http_${response.status}`, text || `the server answered ${response.status}`, more);
    }
  }

  static lost(cause) {
    return new RouterError("connection_lost", `the connection was lost (${cause})`, { lost: true });
  }
}
