using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.Logging;

namespace LeNetServe.Client.Channels;

/// <summary>Opens the one channel of a client.</summary>
internal static class ClassifierChannel
{
    public static GrpcChannel Open(LeNetServeClientOptions options, ILoggerFactory? loggers)
    {
        var handler = new SocketsHttpHandler
        {
            EnableMultipleHttp2Connections = true,
            KeepAlivePingDelay = TimeSpan.FromSeconds(30),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            SslOptions = TlsOptions(options),
        };
        options.ConfigureHandler?.Invoke(handler);

        var channelOptions = new GrpcChannelOptions
        {
            HttpHandler = handler,
            DisposeHttpClient = true,
            LoggerFactory = loggers,
            ServiceConfig = CallPolicy.ServiceConfig(options),
            MaxReceiveMessageSize = null,
            MaxRetryAttempts = 5,
            // gRPC can only retry messages that it buffers. The number of calls in progress limits the memory.
            MaxRetryBufferPerCallSize = null,
            MaxRetryBufferSize = null,
        };

        var first = new Uri(options.Urls[0]);
        var target = options.Urls[0];
        if (first.Scheme == "dns")
        {
            channelOptions.Credentials = options.UseTls ? ChannelCredentials.SecureSsl : ChannelCredentials.Insecure;
        }
        else if (options.Urls.Count > 1)
        {
            target = SeveralServers.Target;
            channelOptions.Credentials = first.Scheme == "https" ? ChannelCredentials.SecureSsl : ChannelCredentials.Insecure;
            channelOptions.ServiceProvider = new SeveralServers([.. options.Urls.Select(url => new Uri(url))]);
        }
        options.ConfigureChannel?.Invoke(channelOptions);
        return GrpcChannel.ForAddress(target, channelOptions);
    }

    private static SslClientAuthenticationOptions TlsOptions(LeNetServeClientOptions options)
    {
        var tls = new SslClientAuthenticationOptions();
        if (options.ClientCertificate is not null)
            tls.ClientCertificates = [options.ClientCertificate];
        if (options.CaCertificatePath is not null)
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPemFile(options.CaCertificatePath);
            tls.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            tls.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
        }
        return tls;
    }
}
