namespace LeNetServe.InferenceServer.Access;

/// <summary>A client's address at a listener (<see cref="ClientRate.NameOf"/>). The listener alone writes it.</summary>
/// <param name="name">The name of the address.</param>
internal sealed class PlaceHolder(string name)
{
    /// <summary>Gets the name of the address.</summary>
    public string Name => name;

    /// <summary>Gets or sets the number of its connections.</summary>
    public int Connections { get; set; }

    /// <summary>Gets or sets the number of its connections without a call: those of the last look, and those that came since.</summary>
    public int Idle { get; set; }
}
