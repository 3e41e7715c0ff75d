using Grpc.Core;
using Grpc.Net.Client.Configuration;

namespace LeNetServe.Client.Channels;

/// <summary>
/// Builds the gRPC service config: retries, hedging and balancing. Classifying has no side effects, so every call may be retried.
/// </summary>
internal static class CallPolicy
{
    private static readonly StatusCode[] Transient = [StatusCode.Unavailable, StatusCode.ResourceExhausted];

    public static ServiceConfig ServiceConfig(LeNetServeClientOptions options)
    {
        var config = new ServiceConfig { LoadBalancingConfigs = { new RoundRobinConfig() } };
        if (options.Hedging is { } hedging)
        {
            config.MethodConfigs.Add(new MethodConfig
            {
                Names = { new MethodName { Service = "lenetserve.v1.Classifier", Method = "Classify" } },
                HedgingPolicy = Hedging(hedging),
            });
        }
        if (options.MaxAttempts > 1)
            config.MethodConfigs.Add(new MethodConfig { Names = { MethodName.Default }, RetryPolicy = Retries(options) });
        return config;
    }

    private static RetryPolicy Retries(LeNetServeClientOptions options)
    {
        var policy = new RetryPolicy
        {
            MaxAttempts = options.MaxAttempts,
            InitialBackoff = options.InitialBackoff,
            MaxBackoff = options.MaxBackoff,
            BackoffMultiplier = 2,
        };
        foreach (var status in Transient)
            policy.RetryableStatusCodes.Add(status);
        return policy;
    }

    private static HedgingPolicy Hedging(HedgingOptions options)
    {
        var policy = new HedgingPolicy { MaxAttempts = options.MaxAttempts, HedgingDelay = options.Delay };
        foreach (var status in Transient)
            policy.NonFatalStatusCodes.Add(status);
        return policy;
    }
}
