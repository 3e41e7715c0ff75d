// The operators' panel: versions with their states, calls by outcome, latency.

import { chart, element, number, table } from "/page/page.js";
import { metrics } from "/page/server.js";

const DURATION = "lenetserve_request_duration_us";
const QUEUE = "lenetserve_queue_duration_us";

/** Shows the versions of a list of models. */
export const showVersions = models => table(["model", { text: "version", n: true }, "state", "default", "device", "reason"],
  models.map(model =>
    [model.name, String(model.version), model.state, model.default ? "yes" : "", model.device || "–", model.reason || ""]),
  "Versions");

/** Reads /metrics and shows calls and latency in the two elements. */
export async function showTraffic(traffic, latency) {
  const lines = await metrics();
  const counts = lines.filter(line => line.name === `${DURATION}_count` && line.value > 0);
  const named = line => line.labels.model ? `${line.labels.model}/${line.labels.version}` : "no model";
  const mean = (name, line) => number((lines.find(other => other.name === `${name}_sum` && same(other, line))?.value ?? 0) / line.value);
  const gauge = name => lines.find(line => line.name === name)?.value;
  const refused = counts.filter(line => line.labels.outcome === "refused").reduce((all, line) => all + line.value, 0);
  const memory = gauge("process_resident_memory_bytes");
  traffic.replaceChildren(
    table(["model", "outcome", { text: "calls", n: true }, { text: "mean, µs", n: true }, { text: "in the queue, µs", n: true }],
      counts.map(line => [named(line), line.labels.outcome, number(line.value), mean(DURATION, line), mean(QUEUE, line)]), "Calls"),
    element("p", { className: "explain" }, `${number(gauge("lenetserve_queue_length"))} in the queue, `
      + `${number(gauge("lenetserve_running"))} running, ${number(refused)} refused. `
      + (memory ? `Resident memory ${number(memory / 1e6)} MB.` : "")));
  const series = counts.filter(line => line.labels.outcome === "ok").slice(0, 6).map((line, color) => ({
    name: named(line), color,
    points: buckets(lines, line),
  }));
  // An open table of values stays as it is while somebody reads it.
  if (latency.querySelector("details[open]"))
    return;
  const x = { title: "microseconds", log: true };
  const y = { title: "calls within", percent: true };
  const title = "Latency of answered calls, as a cumulative histogram";
  latency.replaceChildren(...(series.length > 0 ? [chart({ title, x, y, series })] : []));
}

const same = (one, other) => ["model", "version", "outcome"].every(key => one.labels[key] === other.labels[key]);

function buckets(lines, count) {
  const all = lines.filter(line => line.name === `${DURATION}_bucket` && same(line, count) && line.labels.le !== "+Inf")
    .map(line => ({ x: Number(line.labels.le), y: line.value / count.value }));
  const first = Math.max(0, all.findIndex(point => point.y > 0) - 1);
  const last = all.findIndex(point => point.y === 1);
  return all.slice(first, last < 0 ? undefined : last + 1);
}
