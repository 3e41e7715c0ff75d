namespace LeNetServe.InferenceServer.Metrics;

/// <summary>Whether requests are counted and timed; can be switched while the server runs, so that one process shows what that costs.</summary>
internal sealed class Recording(bool isOn)
{
    private volatile bool isOn = isOn;

    public bool IsOn
    {
        get => isOn;
        set => isOn = value;
    }
}
