namespace LeNetServe.InferenceServer.Recording;

/// <summary>
/// Whether requests are counted and timed; can be switched while the server runs, so that one process shows what that costs.
/// </summary>
internal sealed class RecordingSwitch(bool isOn)
{
    private volatile bool isOn = isOn;

    public bool IsOn
    {
        get => isOn;
        set => isOn = value;
    }
}
