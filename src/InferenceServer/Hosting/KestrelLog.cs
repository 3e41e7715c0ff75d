using LeNetServe.InferenceServer.Access;
using LeNetServe.InferenceServer.Errors;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LeNetServe.InferenceServer.Hosting;

/// <summary>
/// A log that counts a connection whose frames Kestrel cannot read as its client's fault. Kestrel itself would log each one with a stack
/// trace: .NET's decoder of HTTP/2 headers takes index 0 for an index of its table.
/// </summary>
internal sealed class KestrelLog(LoggerFactory factory, IServiceProvider services) : ILoggerFactory
{
    private const string Category = "Microsoft.AspNetCore.Server.Kestrel";

    /// <summary>Puts the log in the place of .NET's.</summary>
    public static void Use(IServiceCollection services)
    {
        services.AddSingleton<LoggerFactory>();
        services.Replace(ServiceDescriptor.Singleton<ILoggerFactory>(
            static provider => new KestrelLog(provider.GetRequiredService<LoggerFactory>(), provider)));
    }

    public void AddProvider(ILoggerProvider provider) => factory.AddProvider(provider);

    public ILogger CreateLogger(string categoryName)
    {
        var logger = factory.CreateLogger(categoryName);
        return categoryName == Category ? new Connections(logger, services.GetRequiredService<ClientFaults>()) : logger;
    }

    public void Dispose() => factory.Dispose();

    private sealed class Connections(ILogger inner, ClientFaults faults) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            // Kestrel's own events have numbers.
            var isFault = logLevel == LogLevel.Warning && eventId.Id == 0 && exception is not null;
            if (isFault)
                faults.Note(RequestOutcome.Invalid, "connection", $"{formatter(state, exception)} {exception!.Message}");
            inner.Log(isFault ? LogLevel.Debug : logLevel, eventId, state, exception, formatter);
        }
    }
}
