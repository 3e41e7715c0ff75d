namespace LeNetServe.InferenceServer.Recording;

/// <summary>
/// The switch of counting and timing requests. It can change while the server runs, so that one process shows the cost of both.
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
