// The operators' panel: versions with their states, calls by outcome, latency.

import { chart, element, number, table } from "/page/page.js";
import { metrics } from "/page/server.js";

const DURATION = "lenetserve_request_duration_us";

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
  const sum = line => lines.find(other => other.name === `${DURATION}_sum` && same(other, line))?.value ?? 0;
  const gauge = name => lines.find(line => line.name === name)?.value;
  const pending = lines.filter(line => line.name === "nv_inference_pending_request_count").reduce((all, line) => all + line.value, 0);
  const memory = gauge("process_resident_memory_bytes");
  traffic.replaceChildren(
    table(["model", "outcome", { text: "calls", n: true }, { text: "mean, µs", n: true }],
      counts.map(line => [named(line), line.labels.outcome, number(line.value), number(sum(line) / line.value)]), "Calls"),
    element("p", { className: "explain" }, `${number(pending)} pending. `
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
  latency.replaceChildren(...(series.length > 0 ? [chart({ title: "Latency of answered calls", x, y, series })] : []));
}

const same = (one, other) => ["model", "version", "outcome"].every(key => one.labels[key] === other.labels[key]);

function buckets(lines, count) {
  const all = lines.filter(line => line.name === `${DURATION}_bucket` && same(line, count) && line.labels.le !== "+Inf")
    .map(line => ({ x: Number(line.labels.le), y: line.value / count.value }));
  const first = Math.max(0, all.findIndex(point => point.y > 0) - 1);
  const last = all.findIndex(point => point.y === 1);
  return all.slice(first, last < 0 ? undefined : last + 1);
}
