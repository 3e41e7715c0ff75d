using LeNetServe.Runtime.Devices;

namespace LeNetServe.InferenceServer.Models;

/// <summary>The way in which versions are opened.</summary>
internal sealed record LoadingOptions
{
    /// <summary>The device that runs the models.</summary>
    public required Device Device { get; init; }

    /// <summary>Threads inside one run, see <see cref="LeNetServe.Runtime.Models.ModelOptions.IntraOpThreads"/>.</summary>
    public required int IntraOpThreads { get; init; }

    /// <summary>The largest number of images in a batch of a device. All sizes up to it are warmed.</summary>
    public required int MaxDeviceBatch { get; init; }

    /// <summary>The largest number of pixels of an encoded picture.</summary>
    public required long MaxImagePixels { get; init; }
}
