// Calls of the server, with the token of this tab.

const KEY = "lenetserve-token";
/** Milliseconds after which a server that is silent counts as gone. */
const PATIENCE = 60_000;
const POLL_PATIENCE = 10_000;
const UNFIT = "A token has no such characters.";

/** Whether this tab has a token. */
export const hasToken = () => sessionStorage.getItem(KEY) !== null;

/** What the server says of itself: its grpcPort, and whether it explains. */
export const describeServer = async () => (await call("/page/server.json")).json();

/** An answer that is not a success: its status and the server's words. */
export class ServerFault extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** The server cannot be reached. */
export class ServerGone extends Error {}

/** Fetches a path; asks for a token, with the server's words to a wrong one, if the server wants one. */
export async function call(path, options = {}, askToken = null) {
  const token = sessionStorage.getItem(KEY);
  const { patience = PATIENCE } = options;
  const askAgain = async said => {
    sessionStorage.setItem(KEY, await askToken(said));
    return call(path, options, askToken);
  };
  let headers;
  try {
    headers = new Headers({ ...options.headers, ...(token ? { authorization: `Bearer ${token}` } : {}) });
  } catch {
    sessionStorage.removeItem(KEY);
    return askToken ? askAgain(UNFIT) : call(path, options);
  }
  let response;
  try {
    response = await fetch(path, { ...options, headers, cache: "no-store", signal: AbortSignal.timeout(patience) });
  } catch {
    throw new ServerGone("The server does not answer");
  }
  if (response.ok)
    return response;
  if (response.status === 401 && askToken)
    return askAgain(token ? await words(response) : "");
  throw new ServerFault(response.status, await words(response));
}

async function words(response) {
  const text = await response.text();
  try {
    const { detail, message, title } = JSON.parse(text);
    return detail || message || title || text;
  } catch {
    return text || `${response.status} ${response.statusText}`;
  }
}

/** Every version of every model; its manifest is null for a foreign model. */
export const listModels = async askToken => ((await (await call("/v1/models", { patience: POLL_PATIENCE }, askToken)).json()).models ?? [])
  .map(model => ({ ...model, manifest: model.manifest ? JSON.parse(model.manifest) : null }));

/** The path of a model. */
export const pathTo = model => `/v1/models/${encodeURIComponent(model.name)}/versions/${model.version}`;

const typeOf = file => file.type?.startsWith("image/") ? file.type : "application/octet-stream";

/**
 * Classifies or explains an image, which is a file or the bytes of one. Gives the answer and the milliseconds of each phase. Query is what
 * an explanation adds.
 */
export async function classify(model, file, askToken, verb = "classify", query = "") {
  const started = performance.now();
  const response = await call(`${pathTo(model)}:${verb}?topK=0${query}`,
    { method: "POST", body: file, headers: { "content-type": typeOf(file), "lenetserve-timing": "1" } }, askToken);
  const answer = await response.json();
  const phases = (response.headers.get("server-timing") ?? "").matchAll(/(\w+);dur=([\d.]+)/g);
  const time = Object.fromEntries([...phases].map(([, name, value]) => [name, Number(value)]));
  return { ...answer, time: { ...time, all: performance.now() - started } };
}

/** The figures of /metrics: name, labels and value of each line. */
export async function metrics() {
  const text = await (await call("/metrics", { patience: POLL_PATIENCE })).text();
  return text.split("\n").map(line => line.match(/^([a-z_]+)(?:\{(.*)\})? (\S+)$/)).filter(line => line).map(([, name, labels, value]) => ({
    name,
    labels: Object.fromEntries([...(labels ?? "").matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key, text]) => [key, text])),
    value: value === "+Inf" ? Infinity : Number(value),
  }));
}
