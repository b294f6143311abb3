import { RouterClient, RouterError } from "./client.js";

const $ = (id) => document.getElementById(id);
const OTHER = "\u0000other";

// The key stays in the field: it is not stored, and it goes to this server only.
function authorization() {
  const key = $("key").value.trim();
  return key === "" ? {} : { Authorization: `Bearer ${key}` };
}

/* ---- which models there are ---- */

async function loadModels() {
  $("models").textContent = "Loading…";
  try {
    const response = await fetch("v1/models", { headers: authorization() });
    if (!response.ok) {
      const { message } = await errorOf(response);
      $("key-row").hidden = $("key-row").hidden && response.status !== 401;
      $("models").textContent = `The server answered ${response.status}: ${message}`;
      return;
    }
    showModels((await response.json()).data, await providersInUse());
  } catch (e) {
    $("models").textContent = `The models could not be loaded: ${e.message}`;
  }
}

/** Also those that list no models because they take any; empty if the server does not tell. */
async function providersInUse() {
  try {
    const health = await (await fetch("/health/ready")).json();
    const names = health.checks.find((check) => check.name === "router")?.data?.providers ?? "";
    return names.split(", ").filter((name) => name !== "");
  } catch {
    return [];
  }
}

function showModels(models, providers) {
  const byProvider = new Map(providers.map((name) => [name, []]));
  for (const model of models) {
    if (!byProvider.has(model.owned_by)) {
      byProvider.set(model.owned_by, []);
    }
    byProvider.get(model.owned_by).push(model.id);
  }
  const served = new Map();
  models.forEach(({ id }) => served.set(id, (served.get(id) ?? 0) + 1));
  const list = document.createElement("dl");
  const options = [];
  for (const [provider, ids] of byProvider) {
    list.append(element("dt", provider), modelList(provider, ids));
    if (ids.length > 0) {
      const group = document.createElement("optgroup");
      group.label = provider;
      // A name that two providers list is asked for with its provider.
      group.append(...ids.map((id) => new Option(id, served.get(id) > 1 ? `${provider}/${id}` : id)));
      options.push(group);
    }
  }
  options.push(new Option("Another name…", OTHER));
  const chosen = $("model").value;
  $("model").replaceChildren(...options);
  if ([...$("model").options].some((option) => option.value === chosen && chosen !== OTHER)) {
    $("model").value = chosen;
  }
  $("models").replaceChildren(list);
  modelChosen();
}

function modelList(provider, ids) {
  const all = document.createElement("dd");
  if (ids.length === 0) {
    all.append("any model, as ", element("code", `${provider}/…`));
  }
  ids.forEach((id) => all.append(element("code", id), " "));
  return all;
}

function element(name, text, className = "") {
  const made = document.createElement(name);
  made.textContent = text;
  made.className = className;
  return made;
}

function modelChosen() {
  const other = $("model").value === OTHER;
  $("other-row").hidden = !other;
  $("other").required = other;
}

/* ---- one try ---- */

let running = null;

function body(model) {
  const request = {
    model,
    stream: true,
    stream_options: { include_usage: true },
    messages: [{ role: "user", content: $("prompt").value }],
  };
  if ($("tool").checked) {
    request.tools = [{
      type: "function",
      function: {
        name: "get_weather",
        description: "The weather in a city",
        parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
      },
    }];
  }
  return request;
}

async function send() {
  const model = $("model").value === OTHER ? $("other").value.trim() : $("model").value;
  const answer = new Answer();
  const client = new RouterClient({ apiKey: $("key").value.trim(), transport: $("transport").value });
  const stream = client.chat(body(model));
  running = stream;
  busy(true);
  try {
    for await (const chunk of stream) {
      answer.chunk(chunk, stream.id);
    }
    answer.complete();
  } catch (e) {
    failed(e, answer);
  } finally {
    running = null;
    busy(false);
  }
}

function failed(e, answer) {
  if (!(e instanceof RouterError)) {
    console.error(e);
    answer.end("bad", "Failed", `This page could not read the answer. (${e.message})`);
  } else if (e.code === "cancelled" && e.type === "") {
    answer.end("stopped", "Stopped by you", "The answer is not complete.");
  } else if (e.lost) {
    answer.end("bad", answer.began ? "Broken off" : "No answer",
      answer.began ? `The answer is not complete: ${e.message}.` : `The server could not be reached: ${e.message}.`);
  } else if (e.status > 0) {
    $("key-row").hidden = $("key-row").hidden && e.status !== 401;
    const when = e.retryAfter === null ? "" : ` Worth another try in ${e.retryAfter} s.`;
    answer.end("bad", `Refused with status ${e.status}`, describe(e) + when);
  } else {
    answer.end("bad", answer.began ? "Failed within the answer" : "No answer",
      describe(e) + (answer.began ? " The answer is not complete." : ""));
  }
}

async function errorOf(response) {
  const text = await response.text();
  try {
    return JSON.parse(text).error ?? { message: text };
  } catch {
    return { message: text };
  }
}

function describe(error) {
  const kind = [error.type, error.code, error.param].filter((word) => word).join(", ");
  return (error.message ?? "no message") + (kind === "" ? "." : ` (${kind}).`);
}

/** What is shown of one answer, from the request to its one end. */
class Answer {
  began = false;
  ended = false;
  #startedAt = performance.now();
  #firstAt = 0;
  #lastAt = 0;
  #pieces = 0;
  #reasoned = false;
  #usage = null;
  #finish = "";
  #calls = new Map();

  constructor() {
    $("answer").textContent = "";
    $("reasoning").textContent = "";
    $("reasoning-block").hidden = true;
    $("calls").replaceChildren();
    $("calls-block").hidden = true;
    $("result").hidden = false;
    $("facts").textContent = "";
    state("", "Waiting for the first token…", "");
    this.#showFigures();
  }

  chunk(chunk, streamId) {
    this.began = true;
    $("facts").textContent = [chunk.model && `model ${chunk.model}`, `stream ${streamId}`].filter((fact) => fact).join(" · ");
    this.#usage = chunk.usage ?? this.#usage;
    (chunk.choices ?? []).forEach((choice) => this.#choice(choice));
    this.#showFigures();
  }

  complete() {
    const why = { length: "It was cut at the token limit.", content_filter: "It was cut by a content filter.",
      tool_calls: "The model waits for the result of its tool call." };
    this.end("good", "Complete", why[this.#finish] ?? "");
  }

  #choice(choice) {
    const delta = choice.delta ?? {};
    const reasoning = delta.reasoning_content ?? delta.reasoning ?? "";
    const content = delta.content ?? delta.refusal ?? "";
    const calls = delta.tool_calls ?? [];
    if (reasoning !== "") {
      this.#reasoned = true;
      $("reasoning-block").hidden = false;
      $("reasoning").append(reasoning);
    }
    if (content !== "") {
      $("answer").append(content);
    }
    calls.forEach((call) => this.#call(call));
    if (reasoning !== "" || content !== "" || calls.length > 0) {
      this.#piece();
    }
    this.#finish = choice.finish_reason ?? this.#finish;
  }

  #call(call) {
    const index = call.index ?? 0;
    if (!this.#calls.has(index)) {
      const item = document.createElement("li");
      const name = element("strong", "");
      const args = element("code", "");
      item.append(name, " ", args);
      $("calls").append(item);
      $("calls-block").hidden = false;
      this.#calls.set(index, { name, args });
    }
    const shown = this.#calls.get(index);
    shown.name.append(call.function?.name ?? "");
    shown.args.append(call.function?.arguments ?? "");
  }

  #piece() {
    this.#lastAt = performance.now();
    if (this.#pieces++ === 0) {
      this.#firstAt = this.#lastAt;
      state("", "Streaming…", "");
    }
  }

  /** @param kind good, bad or stopped */
  end(kind, title, text) {
    if (!this.ended) {
      this.ended = true;
      this.#showFigures();
      state(kind, title, text.trim());
    }
  }

  #showFigures() {
    const { tokens, unit } = this.#count();
    const seconds = (this.#lastAt - this.#firstAt) / 1000;
    $("ttft").textContent = this.#pieces === 0 ? "–" : `${Math.round(this.#firstAt - this.#startedAt)} ms`;
    $("rate").textContent = seconds > 0 && tokens > 1 ? ((tokens - 1) / seconds).toFixed(1) : "–";
    $("rate-unit").textContent = `${unit}/s`;
    $("count").textContent = this.#pieces === 0 ? "–" : `${tokens}`;
    $("count-unit").textContent = unit;
    $("finish").textContent = this.#finish === "" ? "–" : this.#finish;
  }

  /** The provider's own count once it is there, without reasoning that was not streamed. */
  #count() {
    const usage = this.#usage;
    if (usage === null) {
      return { tokens: this.#pieces, unit: "pieces" };
    }
    const unseen = this.#reasoned ? 0 : usage.completion_tokens_details?.reasoning_tokens ?? 0;
    return { tokens: usage.completion_tokens - unseen, unit: "tokens" };
  }
}

function state(kind, title, text) {
  $("state").className = kind;
  $("state").replaceChildren(element("strong", title), element("span", text));
}

function busy(on) {
  $("send").disabled = on;
  $("stop").disabled = !on;
  $("result").setAttribute("aria-busy", String(on));
}

/* ---- copying ---- */

async function copy(button) {
  const code = $(button.dataset.copies);
  let done = true;
  try {
    await navigator.clipboard.writeText(code.textContent);
  } catch {
    // Without TLS browsers have no clipboard to offer, but still copy a selection.
    getSelection().selectAllChildren(code);
    done = document.execCommand("copy");
  }
  button.textContent = done ? "Copied" : "Select and copy";
  setTimeout(() => { button.textContent = "Copy"; }, 2000);
}

$("try").addEventListener("submit", (event) => {
  event.preventDefault();
  if (running === null) {
    send();
  }
});
$("stop").addEventListener("click", () => running?.cancel().catch((e) => console.error(e)));
$("prompt").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    $("try").requestSubmit();
  }
});
$("model").addEventListener("change", modelChosen);
$("key").addEventListener("change", loadModels);
document.querySelectorAll("button[data-copies]").forEach((button) => button.addEventListener("click", () => copy(button)));
const base = location.href.replace(/[#?].*$/, "").replace(/\/(index\.html)?$/, "");
document.querySelectorAll(".base").forEach((span) => { span.textContent = base; });
loadModels();
