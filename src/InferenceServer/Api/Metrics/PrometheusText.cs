using System.Globalization;
using System.Text;
using LeNetServe.InferenceServer.Errors;
using LeNetServe.InferenceServer.Models;
using LeNetServe.InferenceServer.Recording;

namespace LeNetServe.InferenceServer.Api.Metrics;

/// <summary>Writes the metrics in Prometheus' text format 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats).</summary>
internal static class PrometheusText
{
    /// <summary>The content type of the format.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private static readonly string Version = ProductVersion.Text;

    private static readonly RequestOutcome[] Outcomes = Enum.GetValues<RequestOutcome>();

    /// <summary>Writes all metrics.</summary>
    /// <param name="metrics">The metrics.</param>
    /// <param name="served">The served versions.</param>
    public static string Write(ServerMetrics metrics, IEnumerable<ServedVersion> served)
    {
        var text = new StringBuilder(16 * 1024);
        var models = metrics.Models.ToArray();
        ModelMetrics[] all = [.. models, metrics.Unresolved];
        Histogram(text, "lenetserve_request_duration_us", "The whole request, microseconds", all, outcome => outcome.Request);
        Histogram(text, "lenetserve_decode_duration_us", "Decoding of images, microseconds", all, outcome => outcome.Decode);
        Histogram(text, "lenetserve_queue_duration_us", "Waiting for a slot, microseconds", all, outcome => outcome.Queue);
        Histogram(text, "lenetserve_inference_duration_us", "Inside the model, microseconds", all, outcome => outcome.Inference);
        Counter(text, "lenetserve_unknown_images_total", "Images answered whose novelty is above the model's threshold", models, model =>
            model.Unknown);
        WriteTritonNames(text, models);
        Header(text, "lenetserve_model_info", "gauge", "1 for each served version, with its device");
        foreach (var version in served)
            Line(text, "lenetserve_model_info", version.Metrics, "device", version.Model.Device.ToString().ToLowerInvariant(), 1);
        Header(
            text, "lenetserve_drift_psi", "gauge", "Population stability index of the last 1,000 to 2,000 answers; above 0.25: a shift");
        foreach (var version in served)
            foreach (var (of, index) in version.Drift?.Read() ?? [])
                Labels(text, "lenetserve_drift_psi", version.Metrics, "of", of).Append("} ")
                    .Append(index.ToString("0.####", CultureInfo.InvariantCulture)).Append('\n');
        Header(text, "lenetserve_build_info", "gauge", "1, with the version of the server and of its runtime");
        text.Append("lenetserve_build_info{version=\"").Append(Version)
            .Append("\",runtime=\"").Append(Environment.Version).Append("\"} 1\n");
        foreach (var gauge in metrics.Gauges)
        {
            Header(text, gauge.Name, gauge.Name.EndsWith("total", StringComparison.Ordinal) ? "counter" : "gauge", gauge.Description);
            text.Append(gauge.Name).Append(' ').Append(gauge.Read().ToString("R", CultureInfo.InvariantCulture)).Append('\n');
        }
        return text.ToString();
    }

    // Triton's dashboards and autoscalers read these names. Durations are those of answered requests, as in Triton.
    private static void WriteTritonNames(StringBuilder text, ModelMetrics[] models)
    {
        Counter(text, "nv_inference_request_success", "Requests answered", models, model => Ok(model, outcome => outcome.Request).Count);
        Header(text, "nv_inference_request_failure", "counter", "Requests that failed");
        foreach (var model in models)
        {
            var failures = Outcomes.Where(outcome => outcome != RequestOutcome.Ok).GroupBy(
                Reason, outcome => model[outcome]?.Request.Read().Count ?? 0);
            foreach (var failure in failures)
                Line(text, "nv_inference_request_failure", model, "reason", failure.Key, failure.Sum());
        }
        Counter(text, "nv_inference_count", "Images answered", models, model => model.Inferences);
        Counter(text, "nv_inference_exec_count", "Runs of the model; a batch is one run", models, model => model.Executions);
        Counter(text, "nv_inference_request_duration_us", "Sum over requests, microseconds", models, model =>
            Ok(model, outcome => outcome.Request).Nanoseconds / 1_000);
        Counter(text, "nv_inference_queue_duration_us", "Sum of the time in the queue, microseconds", models, model =>
            Ok(model, outcome => outcome.Queue).Nanoseconds / 1_000);
        Counter(text, "nv_inference_compute_input_duration_us", "Sum of the time of decoding, microseconds", models, model =>
            Ok(model, outcome => outcome.Decode).Nanoseconds / 1_000);
        Counter(text, "nv_inference_compute_infer_duration_us", "Sum of the time inside the model, microseconds", models, model =>
            Ok(model, outcome => outcome.Inference).Nanoseconds / 1_000);
        Counter(text, "nv_inference_compute_output_duration_us", "Sum of the time after the model, microseconds", models, model =>
            AfterModel(model) / 1_000);
        Header(text, "nv_inference_pending_request_count", "gauge", "Requests that wait or run");
        foreach (var model in models)
            Line(text, "nv_inference_pending_request_count", model, null, null, model.Pending);
    }

    // Triton's values of the label for the reason of a failure.
    private static string Reason(RequestOutcome outcome) => outcome switch
    {
        RequestOutcome.Refused => "REJECTED",
        RequestOutcome.Deadline or RequestOutcome.Cancelled => "CANCELED",
        RequestOutcome.Error => "BACKEND",
        _ => "OTHER",
    };

    private static long AfterModel(ModelMetrics model) => Math.Max(0,
        Ok(model, outcome => outcome.Request).Nanoseconds - Ok(model, outcome => outcome.Queue).Nanoseconds
        - Ok(model, outcome => outcome.Decode).Nanoseconds - Ok(model, outcome => outcome.Inference).Nanoseconds);

    private static PhaseSnapshot Ok(ModelMetrics model, Func<OutcomeMetrics, PhaseHistogram> phase) =>
        model[RequestOutcome.Ok] is { } outcome ? phase(outcome).Read() : default;

    private static void Histogram(
        StringBuilder text, string name, string description, ModelMetrics[] models, Func<OutcomeMetrics, PhaseHistogram> phase)
    {
        Header(text, name, "histogram", description);
        foreach (var model in models)
        {
            foreach (var outcome in Outcomes)
            {
                if (model[outcome] is not { } measured)
                    continue;
                var (buckets, count, nanoseconds) = phase(measured).Read();
                long cumulated = 0;
                for (var i = 0; i < buckets.Length; i++)
                {
                    cumulated += buckets[i];
                    Labels(text, name + "_bucket", model, "outcome", RequestOutcomes.Name(outcome)).Append(",le=\"");
                    (i < PhaseHistogram.Bounds.Length ? text.Append(PhaseHistogram.Bounds[i]) : text.Append("+Inf")).Append("\"} ").Append(
                        cumulated).Append('\n');
                }
                Labels(text, name + "_sum", model, "outcome", RequestOutcomes.Name(outcome)).Append("} ").Append(
                    (nanoseconds / 1e3).ToString("R", CultureInfo.InvariantCulture)).Append('\n');
                Labels(text, name + "_count", model, "outcome", RequestOutcomes.Name(outcome)).Append("} ").Append(count).Append('\n');
            }
        }
    }

    private static void Counter(StringBuilder text, string name, string description, ModelMetrics[] models, Func<ModelMetrics, long> value)
    {
        Header(text, name, "counter", description);
        foreach (var model in models)
            Line(text, name, model, null, null, value(model));
    }

    private static void Header(StringBuilder text, string name, string type, string description) =>
        text.Append("# HELP ").Append(name).Append(' ').Append(description).Append("\n# TYPE ").Append(name).Append(
            ' ').Append(type).Append('\n');

    private static void Line(StringBuilder text, string name, ModelMetrics model, string? label, string? value, long number) =>
        Labels(text, name, model, label, value).Append("} ").Append(number).Append('\n');

    private static StringBuilder Labels(StringBuilder text, string name, ModelMetrics model, string? label, string? value)
    {
        text.Append(name).Append("{model=\"").Append(Escape(model.Model)).Append("\",version=\"").Append(Escape(model.Version)).Append('"');
        return label is null ? text : text.Append(',').Append(label).Append("=\"").Append(value).Append('"');
    }

    private static string Escape(string value) =>
        value.AsSpan().IndexOfAny('\\', '"', '\n') < 0 ? value : value.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n");
}
