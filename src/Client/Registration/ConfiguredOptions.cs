namespace LeNetServe.Client;

/// <summary>The options that a configuration can hold: those that are text and numbers. Null leaves an option's default.</summary>
internal sealed class ConfiguredOptions
{
    public IList<string> Urls { get; } = [];

    public string? DefaultModel { get; set; }

    public TimeSpan? Timeout { get; set; }

    public int? MaxAttempts { get; set; }

    public TimeSpan? InitialBackoff { get; set; }

    public TimeSpan? MaxBackoff { get; set; }

    public ConfiguredHedging? Hedging { get; set; }

    public int? StreamWindow { get; set; }

    public string? Token { get; set; }

    public bool? UseTls { get; set; }

    public string? CaCertificatePath { get; set; }

    /// <summary>Sets the options that have a value here.</summary>
    public void CopyTo(LeNetServeClientOptions options)
    {
        foreach (var url in Urls)
            options.Urls.Add(url);
        options.DefaultModel = DefaultModel ?? options.DefaultModel;
        options.Timeout = Timeout ?? options.Timeout;
        options.MaxAttempts = MaxAttempts ?? options.MaxAttempts;
        options.InitialBackoff = InitialBackoff ?? options.InitialBackoff;
        options.MaxBackoff = MaxBackoff ?? options.MaxBackoff;
        if (Hedging is not null)
        {
            var hedging = options.Hedging ?? new HedgingOptions();
            options.Hedging = new() { MaxAttempts = Hedging.MaxAttempts ?? hedging.MaxAttempts, Delay = Hedging.Delay ?? hedging.Delay };
        }
        options.StreamWindow = StreamWindow ?? options.StreamWindow;
        options.Token = Token ?? options.Token;
        options.UseTls = UseTls ?? options.UseTls;
        options.CaCertificatePath = CaCertificatePath ?? options.CaCertificatePath;
    }

    /// <summary>The options of hedging. The binder cannot set a property of <see cref="HedgingOptions"/> after its construction.</summary>
    internal sealed class ConfiguredHedging
    {
        public int? MaxAttempts { get; set; }

        public TimeSpan? Delay { get; set; }
    }
}
