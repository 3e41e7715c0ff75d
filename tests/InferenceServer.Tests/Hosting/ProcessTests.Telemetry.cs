using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace LeNetServe.InferenceServer.Tests.Hosting;

/// <summary>OpenTelemetry's variables, with a collector that speaks OTLP over gRPC.</summary>
public sealed partial class ProcessTests
{
    [Fact]
    public async Task Start_VariablesOfOpenTelemetry_SendSpansRequestsAndTheRuntime()
    {
        var received = new ConcurrentDictionary<string, string>();
        await using var collector = await CollectorAsync(received);
        var process = StartWith(
            new()
            {
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Urls.Single(),
                ["OTEL_SERVICE_NAME"] = "digits-of-the-test",
                ["OTEL_METRIC_EXPORT_INTERVAL"] = "200",
                ["OTEL_TRACES_SAMPLER"] = "always_on",
            },
            directory["models"], "--listen", "127.0.0.1", "--grpc-port", "0", "--http-port", "0");
        var listening = Addresses().Match(await process.StandardOutput.ReadLineAsync(Cancellation) ?? "");
        await process.StandardOutput.ReadLineAsync(Cancellation);

        using (var channel = GrpcChannel.ForAddress(listening.Groups["grpc"].Value))
            await ClassifyAsync(channel);

        string[] metrics = ["digits-of-the-test", "lenetserve.images", "dotnet.gc.collections", "dotnet.process.memory.working_set"];
        foreach (var expected in metrics)
            await Eventually.TrueAsync(() => Has("metrics", expected), expected);
        foreach (var expected in new[] { "digits-of-the-test", "lenetserve.v1.Classifier/Classify" })
            await Eventually.TrueAsync(() => Has("trace", expected), expected);

        bool Has(string signal, string text) => received.GetValueOrDefault(signal, "").Contains(text, StringComparison.Ordinal);
    }

    /// <summary>Keeps the messages of OTLP over gRPC by signal; names and tags stand in them as plain text.</summary>
    private static async Task<WebApplication> CollectorAsync(ConcurrentDictionary<string, string> received)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listener => listener.Protocols = HttpProtocols.Http2));
        var collector = builder.Build();
        collector.MapPost("/opentelemetry.proto.collector.{signal}.v1.{service}/Export", async (string signal, HttpContext context) =>
        {
            using var reader = new StreamReader(context.Request.Body, Encoding.Latin1);
            var body = await reader.ReadToEndAsync(context.RequestAborted);
            received.AddOrUpdate(signal, body, (_, before) => before + body);
            context.Response.ContentType = "application/grpc";
            // An empty message: not compressed, no bytes.
            await context.Response.Body.WriteAsync(new byte[5], context.RequestAborted);
            context.Response.AppendTrailer("grpc-status", "0");
        });
        await collector.StartAsync(Cancellation);
        return collector;
    }
}
